/*
 * The story of a job: its steps in the order they began, what each did in a sentence, and within it what a person should look at,
 * in time order. Findings come first-class with their evidence; other notable events follow so that a job without detections
 * still tells what is unusual about it.
 */
import type { Event, Finding, JobDetail, Step } from '@gatehouse/schema'
import { counted } from '../format/format.ts'
import { chainOf, eventAt, type JobModel, type Process } from './job-model.ts'
import { describe, type Part, type Sentence } from './words.ts'

export interface StoryFinding {
  readonly kind: 'finding'
  readonly time: number
  readonly finding: Finding
  readonly evidence: readonly Event[]
  readonly chain: readonly Process[]
}

/** Something that no finding rests on, but that a reader wants to see. */
export interface StoryMoment {
  readonly kind: 'moment'
  readonly time: number
  readonly event: Event
  readonly text: Sentence
  readonly chain: readonly Process[]
}

export interface Chapter {
  readonly number: number
  readonly step: Step | undefined
  readonly digest: Sentence
  readonly items: readonly (StoryFinding | StoryMoment)[]
  /** Moments beyond the ones listed. */
  readonly omitted: number
}

/** Enough to read; beyond it the other tabs serve better. */
const MOMENTS_PER_CHAPTER_MAX = 12

export function story(detail: JobDetail, model: JobModel): readonly Chapter[] {
  const explained = new Set(detail.findings.flatMap((finding) => finding.events))
  const moments = notable(model, explained)
  const numbers = new Set<number>([
    ...model.steps.keys(),
    ...detail.steps.map((step) => step.number),
    ...detail.findings.map((f) => f.step),
  ])
  const steps = new Map(detail.steps.map((step) => [step.number, step]))

  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => {
      const findings = detail.findings.filter((finding) => finding.step === number).map((finding) => findingOf(model, finding))
      const own = moments.get(number) ?? []
      const shown = own.slice(0, MOMENTS_PER_CHAPTER_MAX)
      return {
        number,
        step: steps.get(number),
        digest: digest(model, number),
        items: [...findings, ...shown].sort((a, b) => a.time - b.time),
        omitted: own.length - shown.length,
      }
    })
    .filter((chapter) => chapter.number !== 0 || chapter.items.length > 0)
}

function findingOf(model: JobModel, finding: Finding): StoryFinding {
  const evidence = finding.events.map((seq) => eventAt(model, seq)).filter((event) => event !== undefined)
  return { kind: 'finding', time: finding.time, finding, evidence, chain: chainOf(model, finding.process) }
}

/** Events worth a line of their own, by step; the same thing told twice is told once. */
function notable(model: JobModel, explained: ReadonlySet<number>): ReadonlyMap<number, StoryMoment[]> {
  const byStep = new Map<number, StoryMoment[]>()
  const told = new Set<string>()
  const tell = (event: Event, key: string): void => {
    if (explained.has(event.seq) || told.has(key)) return
    told.add(key)
    const list = byStep.get(event.step) ?? []
    list.push({ kind: 'moment', time: event.time, event, text: describe(event), chain: chainOf(model, event.process) })
    byStep.set(event.step, list)
  }
  for (const event of model.memory) tell(event, `m ${event.step} ${event.process} ${event.op} ${event.targetPid}`)
  for (const event of model.system) if (!isOrdinary(event)) tell(event, `s ${event.step} ${event.op} ${event.exe}`)
  for (const event of model.losses) tell(event, `l ${event.seq}`)
  for (const event of model.events) {
    if (event.kind === 'file' && event.op === 'read') tell(event, `r ${event.step} ${event.path} ${event.exe}`)
    else if (event.kind === 'network' && isNotable(event)) tell(event, `n ${event.step} ${event.ip} ${event.port} ${event.exe}`)
    else if (event.kind === 'process' && event.op === 'exec' && isOdd(event)) tell(event, `p ${event.step} ${event.exe}`)
  }
  for (const list of byStep.values()) list.sort((a, b) => a.time - b.time)
  return byStep
}

/** Every Node process sets a ring up for itself; what is asked of one is told by events of its own, which have the flag. */
function isOrdinary(event: Extract<Event, { kind: 'system' }>): boolean {
  return event.op === 'io-uring' && event.flags?.includes('io-uring') !== true
}

function isNotable(event: Extract<Event, { kind: 'network' }>): boolean {
  return (
    event.op !== 'close' && (event.verdict === 'blocked' || event.verdict === 'would-block' || event.flags?.includes('no-dns') === true)
  )
}

function isOdd(event: Extract<Event, { kind: 'process' }>): boolean {
  return (
    (event.injection !== undefined && event.injection.length > 0) ||
    event.flags?.some((flag) => flag === 'memfd' || flag === 'deleted' || flag === 'outlived-step') === true
  )
}

/** "Ran 43 processes, contacted 3 hosts (a, b, c), changed 1,204 files." */
function digest(model: JobModel, number: number): Sentence {
  const totals = model.steps.get(number)
  if (totals === undefined) return ['Nothing recorded.']
  const hosts = new Map<string, number>()
  for (const flow of model.flows) {
    if (flow.step !== number || flow.opened.op === 'listen') continue
    const name = flow.domain ?? flow.opened.ip
    hosts.set(name, (hosts.get(name) ?? 0) + 1)
  }
  const parts: Part[] = [`Ran ${counted(totals.processes, 'process', 'processes')}`]
  if (hosts.size > 0) {
    const shown = [...hosts.keys()].slice(0, 3)
    parts.push(`, contacted ${counted(hosts.size, 'host')} (`)
    shown.forEach((host, index) => parts.push(index === 0 ? '' : ', ', { value: host, door: 'search' }))
    parts.push(hosts.size > shown.length ? ` and ${hosts.size - shown.length} more)` : ')')
  } else {
    parts.push(', contacted no host')
  }
  parts.push(totals.changes > 0 ? `, made ${counted(totals.changes, 'file change')}.` : ', changed no files.')
  return parts
}
