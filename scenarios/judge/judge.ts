/* Compares what a scenario must show (expected.json) with what a report holds. Pure: no clock, no files. */
import type { Event, Finding } from '@gatehouse/schema'
import type { Report } from './report.ts'

/** A field of an event: equal, or for text a pattern in which `*` stands for anything. */
export type Pattern = Readonly<Record<string, string | number>>

export interface ExpectedEvent {
  readonly what: string
  readonly event: Pattern
  /** Name of the step it belongs to. */
  readonly step: string
  /** Patterns that must match processes of its chain in this order, the last one the acting process. */
  readonly chain: readonly string[]
}

export interface Expected {
  readonly seen: readonly ExpectedEvent[]
  /** Ids of the detections that must fire, with the step they must name. */
  readonly detected: readonly { readonly detection: string; readonly step: string }[]
  /** Names that the report must have steps for, in this order. */
  readonly steps: readonly string[]
}

export interface Verdict {
  readonly seen: Tally
  readonly attributed: Tally
  readonly detected: Tally
  /** Findings that are not expected and claim to be high or critical, in words. */
  readonly falseAlarms: readonly string[]
  /** What is wrong, in words; empty when everything is as expected. */
  readonly problems: readonly string[]
}

export interface Tally {
  readonly found: number
  readonly expected: number
}

const ALARMING: ReadonlySet<string> = new Set(['high', 'critical'])

/** Judges one report. */
export function judge(expected: Expected, report: Report): Verdict {
  const problems: string[] = []
  let seen = 0
  let attributed = 0
  for (const wanted of expected.seen) {
    const matches = report.events.filter((event) => matchesPattern(event, wanted.event))
    if (matches.length === 0) {
      problems.push(`not seen: ${wanted.what}`)
      continue
    }
    seen += 1
    if (matches.some((event) => isAttributed(event, wanted, report))) attributed += 1
    else
      problems.push(
        `not attributed: ${wanted.what}; ${matches
          .slice(0, 3)
          .map((event) => place(event, report))
          .join('; ')}`,
      )
  }

  const stepNames = [...report.steps.values()].sort((a, b) => a.number - b.number).map((step) => step.name)
  if (!isSubsequence(expected.steps, stepNames))
    problems.push(`steps are ${JSON.stringify(stepNames)}, not ${JSON.stringify(expected.steps)}`)

  const missing = expected.detected.filter((wanted) => !report.findings.some((finding) => isExpected(finding, wanted, report)))
  problems.push(...missing.map((wanted) => `not detected: ${wanted.detection} in "${wanted.step}"`))

  const falseAlarms = report.findings
    .filter((finding) => ALARMING.has(finding.severity) && !expected.detected.some((wanted) => isExpected(finding, wanted, report)))
    .map((finding) => `${finding.detection} in "${stepName(finding.step, report)}": ${finding.message}`)
  problems.push(...falseAlarms.map((alarm) => `false alarm: ${alarm}`))
  if (report.end.verdict !== 'complete') problems.push(`the record is ${report.end.verdict}: ${report.end.notes.join('; ')}`)

  return {
    seen: { found: seen, expected: expected.seen.length },
    attributed: { found: attributed, expected: expected.seen.length },
    detected: { found: expected.detected.length - missing.length, expected: expected.detected.length },
    falseAlarms,
    problems,
  }
}

/** Whether an event has all fields of a pattern. */
export function matchesPattern(event: Event, pattern: Pattern): boolean {
  const fields = new Map<string, unknown>(Object.entries(event))
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = fields.get(name)
    return typeof wanted === 'string' && typeof value === 'string' ? matchesText(value, wanted) : value === wanted
  })
}

/** Whether a text matches a pattern with `*` for any run of characters. */
export function matchesText(text: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${source}$`, 's').test(text)
}

function isAttributed(event: Event, wanted: ExpectedEvent, report: Report): boolean {
  if (stepName(event.step, report) !== wanted.step) return false
  const chain = report.chain(event.process)
  const last = wanted.chain.at(-1)
  if (last !== undefined && !matchesText(chain.at(-1) ?? '', last)) return false
  return isSubsequence(wanted.chain, chain, matchesText)
}

function isExpected(finding: Finding, wanted: Expected['detected'][number], report: Report): boolean {
  return finding.detection === wanted.detection && stepName(finding.step, report) === wanted.step
}

function stepName(step: number, report: Report): string {
  return step === 0 ? '(outside any step)' : (report.steps.get(step)?.name ?? `#${step}`)
}

function place(event: Event, report: Report): string {
  return `in "${stepName(event.step, report)}" by ${report.chain(event.process).join(' → ')}`
}

/** Whether all of `wanted` occur in `all`, in order. */
function isSubsequence(
  wanted: readonly string[],
  all: readonly string[],
  same = (text: string, pattern: string) => text === pattern,
): boolean {
  let at = 0
  for (const item of all) {
    const next = wanted[at]
    if (next !== undefined && same(item, next)) at += 1
  }
  return at === wanted.length
}
