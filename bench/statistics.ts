/** Medians and their confidence, without assuming how the noise is distributed. */

export interface Estimate {
  readonly median: number
  /** Distribution-free interval of the median, from order statistics. */
  readonly low: number
  readonly high: number
  /** The probability that the interval covers the true median; at least 0.95 from six samples on. */
  readonly coverage: number
}

/** @throws RangeError when there are no samples. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError('a median needs samples')
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/**
 * The median with its narrowest order-statistics interval of at least 95 %: how many samples lie below the true median is
 * binomial with p = 1/2, whatever the noise. With fewer than six samples even the whole range covers less; `coverage` says so.
 */
export function estimate(samples: readonly number[]): Estimate {
  const sorted = samples.toSorted((a, b) => a - b)
  let rank = 1
  while (tail(sorted.length, rank + 1) <= 0.025) rank++
  return {
    median: median(samples),
    low: sorted[rank - 1] ?? Number.NaN,
    high: sorted[sorted.length - rank] ?? Number.NaN,
    coverage: 1 - 2 * tail(sorted.length, rank),
  }
}

/** The ratio with/without, pair by pair, so that what disturbs both halves of a pair cancels. */
export function ratioOfPairs(pairs: readonly { readonly on: number; readonly off: number }[]): Estimate {
  return estimate(pairs.map(({ on, off }) => on / off))
}

/** P(fewer than `rank` of n samples lie below the true median). */
function tail(n: number, rank: number): number {
  let sum = 0
  let term = 0.5 ** n
  for (let k = 0; k < rank; k++) {
    sum += term
    term = (term * (n - k)) / (k + 1)
  }
  return sum
}

/**
 * Runs `off` and `on` in turns, beginning with the other one each time, so that a drift of the machine does not favour either.
 * @param late asked before each pair, and when a run fails; true ends the series early. The caller judges whether that was enough.
 */
export async function alternatingPairs<T>(
  count: number,
  off: () => Promise<T>,
  on: () => Promise<T>,
  late: () => boolean = () => false,
): Promise<readonly { readonly on: T; readonly off: T }[]> {
  const pairs: { on: T; off: T }[] = []
  for (let i = 0; i < count && !late(); i++) {
    try {
      if (i % 2 === 0) {
        const before = await off()
        pairs.push({ off: before, on: await on() })
      } else {
        const before = await on()
        pairs.push({ on: before, off: await off() })
      }
    } catch (error) {
      if (!late()) throw error
    }
  }
  return pairs
}
