/** A seeded source of test values. Not for secrets. */
export interface Random {
  /** A whole number from 0 to `end` - 1. */
  readonly below: (end: number) => number
  readonly of: <T>(items: readonly T[]) => T
  readonly hex: (length: number) => string
  readonly uuid: () => string
}

/** Values that depend on the seed alone (a 32-bit xorshift, after Marsaglia 2003). */
export function randomOf(seed: number): Random {
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  for (let warm = 0; warm < 8; warm++) next()
  const below = (end: number): number => next() % end
  const hex = (length: number): string => Array.from({ length }, () => below(16).toString(16)).join('')
  return {
    below,
    of: <T>(items: readonly T[]): T => items[below(items.length)] as T,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  }
}
