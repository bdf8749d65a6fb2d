/** What a bench reports: the contract of `npm run bench -- NAME --json`, whose last line is one of these objects. */

export interface Part {
  readonly name: string
  /** null when it could not be measured. */
  readonly figure: number | null
  readonly unit: string
  /** The figure may be at most this. null: reported, not judged. */
  readonly target: number | null
  /** True where the target is what the figure must reach. */
  readonly least?: true
  readonly pass: boolean
  /** The 95 % interval, where there is one. */
  readonly interval?: readonly [low: number, high: number]
}

export interface Outcome extends Part {
  readonly compared: readonly { readonly name: string; readonly figure: number }[]
  readonly parts: readonly Part[]
  /** Why nothing was measured. Then `pass` is false. */
  readonly skipped?: string
}

export interface BenchOptions {
  /** Under a minute, with wider intervals: a sign of life, not a result. */
  readonly quick: boolean
  /** Progress, for people. */
  say(line: string): void
}

export interface Bench {
  readonly name: string
  readonly title: string
  run(options: BenchOptions): Promise<Outcome>
}

/** A judged or merely reported figure. With an interval, its lower end is what must be within the target. */
export function part(
  name: string,
  figure: number,
  unit: string,
  target: number | null,
  interval?: readonly [low: number, high: number],
): Part {
  const pass = target === null || (interval?.[0] ?? figure) <= target
  const rounded = round(figure)
  return { name, figure: rounded, unit, target, pass, ...(interval && { interval: [round(interval[0]), round(interval[1])] as const }) }
}

/** A figure that must reach its target. */
export function atLeast(name: string, figure: number, unit: string, target: number): Part {
  return { name, figure: round(figure), unit, target, pass: figure >= target, least: true }
}

/** The outcome of a bench whose main figure is one of its parts. It passes only when every part does. */
export function outcome(name: string, main: Part, parts: readonly Part[], compared: Outcome['compared'] = []): Outcome {
  const rounded = compared.map((other) => ({ name: other.name, figure: round(other.figure) }))
  return { ...main, name, pass: main.pass && parts.every(({ pass }) => pass), compared: rounded, parts }
}

/** The outcome of a bench that could not run. */
export function skipped(name: string, unit: string, target: number | null, reason: string): Outcome {
  return { name, figure: null, unit, target, pass: false, compared: [], parts: [], skipped: reason }
}

/** Four significant digits: more would pretend. */
function round(figure: number): number {
  return Number(figure.toPrecision(4))
}
