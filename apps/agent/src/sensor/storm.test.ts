import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { type Bench, type Capture, createBench, SCALE } from './testing/harness.ts'

const CRITICAL_TYPES = ['fork', 'exec', 'args', 'exit']

const OPENS = 200_000 / SCALE
const EXECS = 5_000 / SCALE

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'storms', () => {
  let bench: Bench
  let program: string
  let folder: string

  beforeAll(() => {
    bench = createBench()
    program = bench.program('storm')
    folder = path.join(bench.directory, 'work')
    mkdirSync(folder)
  })
  afterAll(() => {
    bench.remove()
  })

  test('200,000 opens and 5,000 execs: nothing critical is lost, and every open is accounted for', { timeout: 120_000 }, async () => {
    let [opens, execs] = [0, 0]
    const captured = await bench.capture(
      async () => {
        ;[opens, execs] = parse(await bench.run([program, folder, String(OPENS), '1000', String(EXECS)]))
      },
      { windowMilliseconds: 0 },
    )
    expect([opens, execs]).toEqual([OPENS, EXECS])
    expectBalanced(captured)
    expect(captured.account('open-write').made).toBe(opens)
    expect(captured.of('exec').filter(({ argv }) => argv[1] === 'child').length).toBe(execs)
    for (const type of CRITICAL_TYPES) expect(captured.account(type).lost).toBe(0)
  })

  test('with aggregation the same storm is a few thousand records, counted to the last', { timeout: 120_000 }, async () => {
    let opens = 0
    const captured = await bench.capture(async () => {
      ;[opens] = parse(await bench.run([program, folder, String(OPENS), '1000', '0']))
    })
    const account = captured.account('open-write')
    expectBalanced(captured)
    expect(account.made).toBe(opens)
    expect(account.aggregated).toBeGreaterThan(opens / 4)
    const repeats = captured.of('open').reduce((sum, open) => sum + open.repeats, 0)
    // What the last window aggregated has no later record to be told in.
    expect(repeats).toBeLessThanOrEqual(account.aggregated)
  })

  test('an agent that hangs for 1.5 seconds loses nothing critical, and its other losses are exact', { timeout: 120_000 }, async () => {
    let [opens, execs] = [0, 0]
    const captured = await bench.capture(
      async (sensor) => {
        sensor.pause()
        const storm = bench.run([program, folder, String(OPENS), '1000', String(EXECS / 5)])
        await setTimeout(1_500)
        sensor.resume()
        ;[opens, execs] = parse(await storm)
      },
      // Small, so that it overflows on a slow machine too.
      { windowMilliseconds: 0, bulkRingBytes: 1 << 18 },
    )
    const account = captured.account('open-write')
    expectBalanced(captured)
    expect(account.made).toBe(opens)
    expect(account.lost).toBeGreaterThan(0)
    expect(captured.of('exec').filter(({ argv }) => argv[1] === 'child').length).toBe(execs)
    for (const type of CRITICAL_TYPES) expect(captured.account(type).lost).toBe(0)
  })

  test('a ring too small for anything loses what it must, and says so', { timeout: 60_000 }, async () => {
    const captured = await bench.capture(
      async (sensor) => {
        sensor.pause()
        await bench.run([program, folder, '2000', '1000', '200'])
        sensor.resume()
      },
      { windowMilliseconds: 0, criticalRingBytes: 65_536, bulkRingBytes: 65_536 },
    )
    // Arguments for which there was room, of an exec for which there was none, belong to nothing.
    expectBalanced(captured, captured.account('exec').lost)
    expect(captured.account('exec').lost).toBeGreaterThan(0)
    expect(captured.account('open-write').lost).toBeGreaterThan(0)
  })

  test('records of both rings come in order of time', { timeout: 60_000 }, async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, folder, String(OPENS / 10), '1000', String(EXECS / 10)])
    })
    const times = captured.records.map(({ time }) => time)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
})

/** What storm.c prints: what it really did. */
function parse(output: string): readonly [opens: number, execs: number] {
  const [opens = 0, execs = 0] = output.split(' ').map(Number)
  return [opens, execs]
}

/** The equation of every type, and that the records told are those said to be delivered. */
function expectBalanced(captured: Capture, undecodableMax = 0): void {
  for (const { type, made, delivered, aggregated, lost } of captured.accounting) {
    expect({ type, made: delivered + aggregated + lost }).toEqual({ type, made })
  }
  const files = captured.of('open').filter(({ secret }) => secret === undefined).length
  expect(files).toBe(captured.account('open-write').delivered)
  expect(captured.of('exec').length).toBe(captured.account('exec').delivered)
  expect(captured.undecodable).toBeLessThanOrEqual(undecodableMax)
}
