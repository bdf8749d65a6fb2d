/* The timeline as lanes: what ran when, and what happened in it. Positions are shares of the whole width, 0 to 1. */
import type { JobDetail, Severity } from '@gatehouse/schema'
import { labelOf } from './names.ts'
import type { JobModel, Process } from './job-model.ts'
import { stepName } from './words.ts'

export type MarkKind = 'network' | 'secret' | 'memory' | 'finding'

export interface Mark {
  readonly kind: MarkKind
  readonly at: number
  readonly count: number
  readonly severity?: Severity | undefined
}

export interface Lane {
  readonly key: string
  readonly name: string
  readonly step: number
  readonly process: number | undefined
  readonly from: number
  readonly to: number
  /** Microseconds. */
  readonly took: number
  readonly running: boolean
  readonly marks: readonly Mark[]
}

/** More would be a wall of hair lines; the longest say the most. */
export const PROCESS_LANES_MAX = 120

/** Marks nearer to each other than this share of the width are one. */
const MARK_BINS = 240

/** One lane per step, in order; below a chosen step its longest processes. */
export function lanes(job: JobDetail, model: JobModel, start: number, end: number, step: number | undefined): readonly Lane[] {
  const span = Math.max(1, end - start)
  const share = (time: number): number => Math.min(1, Math.max(0, (time - start) / span))
  const marks = marksByStep(job, model, share)
  const found: Lane[] = []
  for (const each of job.steps) {
    const finished = each.finishedAt ?? end
    found.push({
      key: `step-${each.number}`,
      name: stepName(each, each.number),
      step: each.number,
      process: undefined,
      from: share(each.startedAt),
      to: share(finished),
      took: finished - each.startedAt,
      running: each.finishedAt === undefined,
      marks: marks.get(each.number) ?? [],
    })
    if (step === each.number) found.push(...processLanes(model, each.number, share, end))
  }
  return found
}

function processLanes(model: JobModel, step: number, share: (time: number) => number, end: number): Lane[] {
  const length = (process: Process): number => (process.endedAt ?? end) - process.startedAt
  return [...model.processes.values()]
    .filter((process) => process.step === step && process.known)
    .sort((a, b) => length(b) - length(a))
    .slice(0, PROCESS_LANES_MAX)
    .sort((a, b) => a.startedAt - b.startedAt || a.number - b.number)
    .map((process) => ({
      key: `process-${process.number}`,
      name: labelOf(process),
      step,
      process: process.number,
      from: share(process.startedAt),
      to: share(process.endedAt ?? end),
      took: length(process),
      running: process.endedAt === undefined,
      marks: [],
    }))
}

function marksByStep(job: JobDetail, model: JobModel, share: (time: number) => number): ReadonlyMap<number, Mark[]> {
  const bins = new Map<string, { step: number; kind: MarkKind; bin: number; count: number; severity: Severity | undefined }>()
  const mark = (step: number, kind: MarkKind, time: number, severity?: Severity): void => {
    const bin = Math.round(share(time) * MARK_BINS)
    const key = `${step} ${kind} ${bin}`
    const known = bins.get(key)
    if (known === undefined) bins.set(key, { step, kind, bin, count: 1, severity })
    else known.count += 1
  }
  for (const flow of model.flows) mark(flow.step, 'network', flow.opened.time)
  for (const event of model.memory) mark(event.step, 'memory', event.time)
  for (const use of model.files.values()) if (use.ops.has('read')) mark(use.step, 'secret', use.firstAt)
  for (const finding of job.findings) mark(finding.step, 'finding', finding.time, finding.severity)
  const byStep = new Map<number, Mark[]>()
  for (const { step, kind, bin, count, severity } of bins.values()) {
    const list = byStep.get(step) ?? []
    list.push({ kind, at: bin / MARK_BINS, count, severity })
    byStep.set(step, list)
  }
  return byStep
}

/** Round numbers for an axis: at most `most` ticks from 0 to `span` microseconds. */
export function ticks(span: number, most: number): readonly number[] {
  const rough = span / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  const width = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power
  return Array.from({ length: Math.floor(span / width) + 1 }, (_, index) => index * width)
}
