/* The first sentence of a run page: what is true now, in the words one would use on the telephone. */
import type { RunDetail, Severity } from '@gatehouse/schema'
import { count, counted } from '../format/format.ts'
import { stepName } from './words.ts'

export type Tone = 'bad' | 'warn' | 'good' | 'neutral'

export interface Answer {
  readonly tone: Tone
  readonly text: string
  /** What limits the answer: gaps in the record, and why. */
  readonly doubts: readonly string[]
}

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']

export function answer(detail: RunDetail): Answer {
  const { run, jobs } = detail
  const findings = jobs.flatMap((job) => job.findings.map((finding) => ({ finding, job })))
  findings.sort((a, b) => ORDER.indexOf(a.finding.severity) - ORDER.indexOf(b.finding.severity) || a.finding.time - b.finding.time)
  const total = Math.max(findings.length, run.counts.findings)
  const doubts = doubtsOf(detail)
  const worst = findings[0]

  if (worst !== undefined) {
    const step = worst.job.steps.find((candidate) => candidate.number === worst.finding.step)
    const where = worst.finding.step === 0 ? 'outside any step' : `in step “${stepName(step, worst.finding.step)}”`
    const rest = total === 1 ? '' : ` Worst of ${count(total)} findings.`
    const serious = worst.finding.severity === 'critical' || worst.finding.severity === 'high'
    return { tone: serious ? 'bad' : 'warn', text: `${worst.finding.title}, ${where}.${rest}`, doubts }
  }
  const did = `${counted(run.counts.processes, 'process', 'processes')}, ${counted(run.counts.destinations, 'destination')}, ${counted(run.counts.files, 'changed file')}`
  if (run.captureMode === 'none')
    return { tone: 'warn', text: 'This run was not watched, so nothing can be said about what it did.', doubts }
  if (run.verdict === 'tampered')
    return { tone: 'bad', text: 'Somebody interfered with the sensor: this record cannot be relied on.', doubts }
  if (run.state === 'running') return { tone: 'neutral', text: `Running. Nothing found so far: ${did}.`, doubts }
  if (run.state === 'lost')
    return { tone: 'warn', text: `The agent fell silent before the job ended. Until then nothing was found: ${did}.`, doubts }
  if (doubts.length > 0) return { tone: 'warn', text: `Nothing found in what was seen: ${did}. The record has gaps.`, doubts }
  return { tone: 'good', text: `Nothing found: ${did}.`, doubts }
}

function doubtsOf({ run, jobs }: RunDetail): readonly string[] {
  const doubts: string[] = []
  if (run.replayed) doubts.push('This is a recording that was played back, not a live capture.')
  if (run.verdict === 'tampered') doubts.push('The record was interfered with.')
  const named = jobs.length > 1
  for (const { summary } of jobs) {
    const prefix = named ? `${summary.job.name}: ` : ''
    const capture = summary.job.capture
    if (capture.mode === 'none') doubts.push(`${prefix}not watched.`)
    for (const reason of capture.reasons) doubts.push(`${prefix}${reason}`)
    for (const note of summary.end?.notes ?? []) doubts.push(`${prefix}${note}`)
    if (summary.counts.lost > 0) doubts.push(`${prefix}${counted(summary.counts.lost, 'record')} lost.`)
    if (summary.state === 'lost') doubts.push(`${prefix}its agent fell silent.`)
  }
  return doubts
}
