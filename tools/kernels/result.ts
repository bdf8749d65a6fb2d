/** Reads the outcome of a run from a machine's console, where the kernel also writes. */
import type { KernelImage } from './images.ts'

export interface Result {
  readonly series: string
  readonly version: string
  /** What `uname -r` said inside; undefined when the machine never got there. */
  readonly release: string | undefined
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** The run reached its end; without that the counts are only those seen so far. */
  readonly complete: boolean
  readonly failures: readonly { readonly title: string; readonly error: string }[]
  /** The last line of the console, for a machine that did not get to the end. */
  readonly lastWords: string
  readonly seconds: number
  readonly boots: number
}

/** @param text the console without carriage returns. Never throws: a torn line counts as absent. */
export function readConsole(text: string, image: Pick<KernelImage, 'series' | 'version'>): Omit<Result, 'seconds' | 'boots'> {
  const lines = text.split('\n')
  const outcomes = lines.filter((line) => line.startsWith('@@TEST ')).flatMap((line) => parsed(line.slice(7)))
  const count = (state: string) => outcomes.filter((outcome) => outcome.state === state).length
  return {
    series: image.series,
    version: image.version,
    release: /@@KERNEL (\S+)/.exec(text)?.[1],
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    complete: lines.some((line) => line.startsWith('@@END ')),
    failures: outcomes.filter(({ state }) => state === 'failed').map(({ title, error }) => ({ title, error: error ?? '' })),
    lastWords: lines.findLast((line) => line.trim() !== '')?.slice(0, 300) ?? 'nothing on the console',
  }
}

function parsed(json: string): { state: string; title: string; error?: string }[] {
  try {
    // Written by our own runner in the machine; a line cut short by the kernel's messages fails to parse.
    return [JSON.parse(json) as { state: string; title: string; error?: string }]
  } catch {
    return []
  }
}
