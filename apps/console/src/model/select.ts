/* Selections: what of a job's record the reader asked to see, by step, time, process and text. Pure; the order of the record is kept. */
import type { Event, HttpEvent } from '@gatehouse/schema'
import { commandLine, endpoint } from '../format/format.ts'
import type { FileUse, Flow, JobModel, Lookup, Process } from './job-model.ts'

export interface Filter {
  readonly step?: number | undefined
  readonly process?: number | undefined
  readonly search?: string | undefined
  /** Window in microseconds since 1970, half open. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Lower-case words that must all occur; an empty search has none and lets everything through. */
export function terms(search: string | undefined): readonly string[] {
  return (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
}

export function hasTerms(haystack: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true
  const text = haystack.toLowerCase()
  return wanted.every((term) => text.includes(term))
}

function within(filter: Filter, first: number, last: number): boolean {
  return (filter.from === undefined || last >= filter.from) && (filter.to === undefined || first < filter.to)
}

/** A process and everything below it; undefined means no restriction. */
export function subtree(model: JobModel, root: number | undefined): ReadonlySet<number> | undefined {
  if (root === undefined) return undefined
  const found = new Set<number>([root])
  const queue = [root]
  for (let number = queue.pop(); number !== undefined; number = queue.pop()) {
    for (const child of model.processes.get(number)?.children ?? []) {
      if (found.has(child)) continue
      found.add(child)
      queue.push(child)
    }
  }
  return found
}

interface Actor {
  readonly step: number
  readonly process: number
}

function isBy(filter: Filter, tree: ReadonlySet<number> | undefined, actor: Actor): boolean {
  return (filter.step === undefined || actor.step === filter.step) && (tree === undefined || tree.has(actor.process))
}

export function selectFlows(model: JobModel, filter: Filter): Flow[] {
  const wanted = terms(filter.search)
  const tree = subtree(model, filter.process)
  return model.flows.filter(
    (flow) =>
      isBy(filter, tree, flow) &&
      within(filter, flow.opened.time, flow.closedAt ?? flow.opened.time) &&
      (wanted.length === 0 || hasTerms(flowText(model, flow), wanted)),
  )
}

function flowText(model: JobModel, flow: Flow): string {
  const requests = flow.requests.map((request) => `${request.method} ${request.host}${request.path}`).join(' ')
  return `${flow.domain ?? ''} ${endpoint(flow.opened.ip, flow.opened.port)} ${flow.opened.protocol} ${flow.outcome ?? ''} ${flow.verdict} ${flow.opened.exe} ${commandOf(model.processes.get(flow.process))} ${requests}`
}

export function selectLookups(model: JobModel, filter: Filter): Lookup[] {
  const wanted = terms(filter.search)
  const tree = subtree(model, filter.process)
  return model.lookups.filter(
    ({ query, answer }) =>
      isBy(filter, tree, query) &&
      within(filter, query.time, query.time) &&
      (wanted.length === 0 ||
        hasTerms(
          `${query.name} ${query.type} ${query.server} ${query.exe} ${(answer?.answers ?? []).map((a) => a.data).join(' ')}`,
          wanted,
        )),
  )
}

export function selectRequests(model: JobModel, filter: Filter): HttpEvent[] {
  const wanted = terms(filter.search)
  const tree = subtree(model, filter.process)
  return model.requests.filter(
    (event) =>
      isBy(filter, tree, event) &&
      within(filter, event.time, event.time) &&
      (wanted.length === 0 ||
        hasTerms(`${event.method} ${event.scheme}://${event.host}${event.path} ${event.ip ?? ''} ${event.exe}`, wanted)),
  )
}

export function selectFiles(model: JobModel, filter: Filter): FileUse[] {
  const wanted = terms(filter.search)
  const tree = subtree(model, filter.process)
  const found: FileUse[] = []
  for (const use of model.files.values()) {
    if (!isBy(filter, tree, use) || !within(filter, use.firstAt, use.lastAt)) continue
    if (
      wanted.length > 0 &&
      !hasTerms(`${use.path} ${use.to ?? ''} ${use.family ?? ''} ${model.processes.get(use.process)?.exe ?? ''}`, wanted)
    ) {
      continue
    }
    found.push(use)
  }
  return found
}

export function selectEvents(model: JobModel, filter: Filter, kind?: string): Event[] {
  const wanted = terms(filter.search)
  const tree = subtree(model, filter.process)
  return model.events.filter(
    (event) =>
      (kind === undefined || event.kind === kind) &&
      isBy(filter, tree, event) &&
      within(filter, event.time, event.time) &&
      (wanted.length === 0 || hasTerms(eventText(event), wanted)),
  )
}

/** What a search over raw events looks at: the words of the event, not its numbers of bookkeeping. */
function eventText(event: Event): string {
  const head = `${event.kind} ${event.op} ${event.exe}`
  switch (event.kind) {
    case 'process':
      return `${head} ${event.argv?.join(' ') ?? ''} ${event.cwd ?? ''} ${event.pid} ${event.sha256 ?? ''}`
    case 'file':
      return `${head} ${event.path} ${event.to ?? ''} ${event.family ?? ''}`
    case 'network':
      return `${head} ${event.domain ?? ''} ${endpoint(event.ip, event.port)} ${event.protocol} ${event.outcome ?? ''} ${event.verdict}`
    case 'dns':
      return `${head} ${event.name} ${event.type} ${event.server} ${event.code ?? ''}`
    case 'http':
      return `${head} ${event.method} ${event.scheme}://${event.host}${event.path}`
    case 'memory':
      return `${head} ${event.targetExe ?? ''} ${event.path ?? ''} ${event.detail ?? ''} ${event.targetPid}`
    case 'system':
      return `${head} ${event.detail ?? ''}`
    case 'loss':
      return `${head} ${event.type}`
    default:
      return ''
  }
}

/** What a process is called by: its last command line, else its executable. */
export function commandOf(process: Process | undefined): string {
  if (process === undefined) return ''
  const argv = process.execs.at(-1)?.argv
  return argv === undefined || argv.length === 0 ? process.exe : commandLine(argv)
}

export interface Activity {
  /** Events per bin. */
  readonly all: readonly number[]
  /** Network, DNS and HTTP events per bin. */
  readonly network: readonly number[]
}

/** Counts events in `bins` equal parts of the time from `start` to `end`; what lies outside goes into the nearest part. */
export function activity(events: readonly Event[], start: number, end: number, bins: number): Activity {
  const all = Array.from({ length: bins }, () => 0)
  const network = Array.from({ length: bins }, () => 0)
  const width = Math.max(1, end - start) / bins
  for (const event of events) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((event.time - start) / width)))
    all[bin] = (all[bin] ?? 0) + 1
    if (event.kind === 'network' || event.kind === 'dns' || event.kind === 'http') network[bin] = (network[bin] ?? 0) + 1
  }
  return { all, network }
}
