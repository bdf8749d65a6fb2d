/** Replaces secrets in everything that is shown or logged, as the runner does: exact values, longest first. */
export interface Masks {
  readonly add: (value: string) => void
  readonly apply: (text: string) => string
}

/** Fewer characters would blank ordinary words. */
const SECRET_MIN = 3

/** Starts with `values` as secrets. */
export function createMasks(values: readonly string[]): Masks {
  const secrets: string[] = []
  function add(value: string): void {
    // A secret of several lines is shown line by line, so each line is one too.
    for (const part of [value, ...value.split(/\r?\n/)]) {
      if (part.trim().length >= SECRET_MIN && !secrets.includes(part)) secrets.push(part)
    }
    secrets.sort((a, b) => b.length - a.length)
  }
  for (const value of values) add(value)
  return { add, apply: (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text) }
}
