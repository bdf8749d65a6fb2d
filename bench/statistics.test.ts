import { describe, expect, test } from 'vitest'
import { part } from './outcome.ts'
import { alternatingPairs, estimate, median, ratioOfPairs } from './statistics.ts'

/** The same numbers each time, uniform in [0, 1). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('the median', () => {
  test('is the middle one, or the mean of the two in the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 2, 4, 8])).toBe(6)
  })

  test('sorts numbers as numbers', () => {
    expect(median([100, 20, 3])).toBe(20)
  })

  test('of nothing is an error, not NaN', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('the interval', () => {
  test('of eleven samples is from the second to the tenth, as tables of the sign test say', () => {
    expect(estimate([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toMatchObject({ median: 6, low: 2, high: 10 })
    expect(estimate([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).coverage).toBeCloseTo(0.9883, 3)
  })

  test('of five samples is the whole range and admits to covering less than 95 %', () => {
    const found = estimate([1, 2, 3, 4, 5])
    expect([found.low, found.high]).toEqual([1, 5])
    expect(found.coverage).toBeCloseTo(0.9375, 4)
  })

  test('covers the true median about as often as it claims, also for skewed noise', () => {
    const random = generator(7)
    const trials = 4000
    let covered = 0
    for (let i = 0; i < trials; i++) {
      const found = estimate(Array.from({ length: 11 }, () => -Math.log(1 - random())))
      if (found.low <= Math.LN2 && Math.LN2 <= found.high) covered++
    }
    expect(covered / trials).toBeGreaterThan(0.975)
    expect(covered / trials).toBeLessThan(0.999)
  })
})

describe('ratios of pairs', () => {
  test('cancel what slows both halves of a pair', () => {
    const pairs = [1, 2, 5, 1, 9, 3].map((load) => ({ off: load * 10, on: load * 10.5 }))
    expect(ratioOfPairs(pairs).median).toBeCloseTo(1.05, 10)
    expect(ratioOfPairs(pairs).high).toBeCloseTo(1.05, 10)
  })

  test('are taken in turns, each side first every other time', async () => {
    const order: string[] = []
    const side = (name: string) => () => {
      order.push(name)
      return Promise.resolve(name)
    }
    const pairs = await alternatingPairs(3, side('off'), side('on'))
    expect(order).toEqual(['off', 'on', 'on', 'off', 'off', 'on'])
    expect(pairs).toEqual([
      { off: 'off', on: 'on' },
      { off: 'off', on: 'on' },
      { off: 'off', on: 'on' },
    ])
  })
})

test('a series of pairs that runs late ends, and keeps the pairs it has', async () => {
  let runs = 0
  const run = () => Promise.resolve(runs++)
  expect(await alternatingPairs(11, run, run, () => true)).toHaveLength(0)
  expect(await alternatingPairs(11, run, run, () => runs > 14)).toHaveLength(8)
})

test('a run that fails because time is over ends the series, any other failure is one', async () => {
  let runs = 0
  const run = () => (++runs > 5 ? Promise.reject(new Error('stopped')) : Promise.resolve(runs))
  expect(await alternatingPairs(11, run, run, () => runs > 5)).toHaveLength(2)
  runs = 0
  await expect(alternatingPairs(11, run, run)).rejects.toThrow('stopped')
})

describe('a judged figure', () => {
  test('passes when the lower end of its interval is within the target, and fails when all of it is beyond', () => {
    expect(part('wall', 1.05, 'ratio', 1.04, [1.01, 1.09]).pass).toBe(true)
    expect(part('wall', 1.05, 'ratio', 1.04, [1.041, 1.09]).pass).toBe(false)
  })

  test('without an interval is compared itself, and without a target is only reported', () => {
    expect(part('memory', 121, 'MB', 120).pass).toBe(false)
    expect(part('fork storm', 3, 'ratio', null).pass).toBe(true)
  })
})
