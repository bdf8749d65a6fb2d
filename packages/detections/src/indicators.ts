/* Names, addresses and hashes known from attacks. See data/indicators.json. */
import data from './data/indicators.json' with { type: 'json' }

export interface Indicator {
  readonly kind: string
  readonly value: string
  readonly campaign: string
  readonly source: string
  /** Day, as YYYY-MM-DD. */
  readonly since: string
  readonly until: string
}

const INDICATORS: ReadonlyMap<string, Indicator> = new Map(data.indicators.map((indicator) => [indicator.value, indicator]))
const LABELS_MAX = 12

/** The indicator that a name (or a zone above it), address or hash is, unless it had expired at `time` (microseconds). */
export function indicatorFor(value: string, time: number): Indicator | undefined {
  let at = value
  for (let depth = 0; depth < LABELS_MAX; depth++) {
    const indicator = INDICATORS.get(at)
    if (indicator !== undefined) return time / 1_000 <= Date.parse(indicator.until) ? indicator : undefined
    const dot = at.indexOf('.')
    // An address has no zone above it.
    if (dot === -1 || /^\d+(?:\.\d+)*$/.test(at)) return undefined
    at = at.slice(dot + 1)
  }
  return undefined
}
