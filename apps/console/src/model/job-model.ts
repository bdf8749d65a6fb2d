/*
 * One job's events, indexed as they arrive: processes with their children, flows, lookups, files, what was done to memory.
 * Everything a page shows is a selection from this. Pure and appended to in place, because a run of 100,000 events arrives in
 * pages and grows while it is looked at; `version` changes with every page that brought something.
 */
import type {
  DnsEvent,
  Event,
  FileEvent,
  HttpEvent,
  LossEvent,
  MemoryEvent,
  NetworkEvent,
  ProcessEvent,
  SystemEvent,
} from '@gatehouse/schema'
import { areaOf, type FileArea } from './areas.ts'

/** A program that a process became. */
export interface Exec {
  readonly seq: number
  readonly time: number
  readonly exe: string
  readonly argv: readonly string[]
  readonly event: ProcessEvent
}

export interface Process {
  readonly number: number
  pid: number
  /** Number of the parent; 0 outside the job. */
  parent: number
  step: number
  startedAt: number
  endedAt: number | undefined
  exitCode: number | undefined
  signal: number | undefined
  uid: number | undefined
  /** Executable as last seen. */
  exe: string
  /** False for one that only others mention, so its start was before the record or is lost. */
  known: boolean
  readonly execs: Exec[]
  readonly children: number[]
  readonly flags: Set<string>
  /** What it did, for badges. */
  flows: number
  changes: number
  secrets: number
  memory: number
}

export interface Flow {
  readonly flow: number
  readonly opened: NetworkEvent
  step: number
  process: number
  domain: string | undefined
  domainSource: NetworkEvent['domainSource']
  outcome: NetworkEvent['outcome']
  verdict: NetworkEvent['verdict']
  sent: number | undefined
  received: number | undefined
  closedAt: number | undefined
  readonly requests: HttpEvent[]
  readonly flags: Set<string>
}

/** A DNS question with its answer, when one came. */
export interface Lookup {
  readonly query: DnsEvent
  answer: DnsEvent | undefined
}

/** What one step did to one path. */
export interface FileUse {
  readonly path: string
  readonly step: number
  readonly area: FileArea
  family: FileEvent['family']
  readonly ops: Map<FileEvent['op'], number>
  /** Last process that did it. */
  process: number
  firstAt: number
  lastAt: number
  to: string | undefined
  failed: number
}

export interface StepTotals {
  events: number
  processes: number
  flows: number
  changes: number
  secrets: number
  memory: number
  lost: number
}

export interface JobModel {
  version: number
  lastSeq: number
  firstTime: number
  lastTime: number
  readonly events: Event[]
  readonly processes: Map<number, Process>
  readonly flows: Flow[]
  readonly lookups: Lookup[]
  readonly requests: HttpEvent[]
  readonly files: Map<string, FileUse>
  readonly memory: MemoryEvent[]
  readonly system: SystemEvent[]
  readonly losses: LossEvent[]
  readonly steps: Map<number, StepTotals>
  /** Joins: events of one flow, questions and their answers. */
  readonly flowByNumber: Map<number, Flow>
  readonly openLookups: Map<string, Lookup>
}

export function createJobModel(): JobModel {
  return {
    version: 0,
    lastSeq: 0,
    firstTime: Number.POSITIVE_INFINITY,
    lastTime: Number.NEGATIVE_INFINITY,
    events: [],
    processes: new Map(),
    flows: [],
    lookups: [],
    requests: [],
    files: new Map(),
    memory: [],
    system: [],
    losses: [],
    steps: new Map(),
    flowByNumber: new Map(),
    openLookups: new Map(),
  }
}

/** Takes a page of events in the order of `seq`. Events that were taken before are passed over, so a page may come twice. */
export function append(model: JobModel, events: readonly Event[]): void {
  const before = model.events.length
  for (const event of events) {
    if (event.seq <= model.lastSeq) continue
    model.lastSeq = event.seq
    model.events.push(event)
    if (event.time < model.firstTime) model.firstTime = event.time
    if (event.time > model.lastTime) model.lastTime = event.time
    totalsOf(model, event.step).events += 1
    take(model, event)
  }
  if (model.events.length > before) model.version += 1
}

function take(model: JobModel, event: Event): void {
  switch (event.kind) {
    case 'process':
      takeProcess(model, event)
      break
    case 'network':
      takeNetwork(model, event)
      break
    case 'dns':
      takeDns(model, event)
      break
    case 'http':
      actorOf(model, event)
      model.requests.push(event)
      if (event.flow !== undefined) model.flowByNumber.get(event.flow)?.requests.push(event)
      break
    case 'file':
      takeFile(model, event)
      break
    case 'memory':
      actorOf(model, event).memory += 1
      totalsOf(model, event.step).memory += 1
      model.memory.push(event)
      break
    case 'system':
      actorOf(model, event)
      model.system.push(event)
      break
    case 'loss':
      totalsOf(model, event.step).lost += event.count
      model.losses.push(event)
      break
  }
}

function takeProcess(model: JobModel, event: ProcessEvent): void {
  const process = actorOf(model, event)
  if (!process.known) {
    process.known = true
    process.pid = event.pid
    process.step = event.step
    totalsOf(model, event.step).processes += 1
    // A parent is stated once; a process mentioned before its start has been hung up at the root until now.
    adopt(model, process, event.parent ?? 0)
  }
  if (event.uid !== undefined) process.uid = event.uid
  for (const flag of event.flags ?? []) process.flags.add(flag)
  if (event.op === 'start') process.startedAt = event.time
  if (event.op === 'exec') {
    process.exe = event.exe
    process.execs.push({ seq: event.seq, time: event.time, exe: event.exe, argv: event.argv ?? [], event })
  }
  if (event.op === 'exit') {
    process.endedAt = event.time
    process.exitCode = event.exitCode
    process.signal = event.signal
  }
}

function takeNetwork(model: JobModel, event: NetworkEvent): void {
  const process = actorOf(model, event)
  let flow = model.flowByNumber.get(event.flow)
  if (flow === undefined) {
    flow = {
      flow: event.flow,
      opened: event,
      step: event.step,
      process: event.process,
      domain: event.domain,
      domainSource: event.domainSource,
      outcome: event.outcome,
      verdict: event.verdict,
      sent: event.sent,
      received: event.received,
      closedAt: undefined,
      requests: [],
      flags: new Set(),
    }
    model.flowByNumber.set(event.flow, flow)
    model.flows.push(flow)
    process.flows += 1
    totalsOf(model, event.step).flows += 1
  }
  flow.domain ??= event.domain
  flow.domainSource ??= event.domainSource
  if (event.outcome !== undefined) flow.outcome = event.outcome
  if (event.sent !== undefined) flow.sent = event.sent
  if (event.received !== undefined) flow.received = event.received
  if (event.verdict !== 'observed') flow.verdict = event.verdict
  if (event.op === 'close') flow.closedAt = event.time
  for (const flag of event.flags ?? []) flow.flags.add(flag)
}

function takeDns(model: JobModel, event: DnsEvent): void {
  actorOf(model, event)
  const key = `${event.process} ${event.server} ${event.id} ${event.type} ${event.name}`
  if (event.op === 'query') {
    const lookup: Lookup = { query: event, answer: undefined }
    model.lookups.push(lookup)
    model.openLookups.set(key, lookup)
    return
  }
  const open = model.openLookups.get(key)
  if (open === undefined) {
    // An answer whose question was not seen is worth as much as one that was.
    model.lookups.push({ query: event, answer: event })
    return
  }
  open.answer = event
  model.openLookups.delete(key)
}

function takeFile(model: JobModel, event: FileEvent): void {
  const process = actorOf(model, event)
  const totals = totalsOf(model, event.step)
  const times = event.count ?? 1
  const key = `${event.step} ${event.path}`
  let use = model.files.get(key)
  if (use === undefined) {
    use = {
      path: event.path,
      step: event.step,
      area: areaOf(event),
      family: event.family,
      ops: new Map(),
      process: event.process,
      firstAt: event.time,
      lastAt: event.time,
      to: event.to,
      failed: 0,
    }
    model.files.set(key, use)
  }
  use.ops.set(event.op, (use.ops.get(event.op) ?? 0) + times)
  use.process = event.process
  use.lastAt = event.time
  use.family ??= event.family
  if (event.to !== undefined) use.to = event.to
  if (event.result !== undefined && event.result < 0) use.failed += times
  if (event.op === 'read') {
    process.secrets += times
    totals.secrets += times
  } else if (!THREAD_NAME.test(event.path)) {
    process.changes += times
    totals.changes += times
  }
}

/** How a program names its threads: every Node process does, and it changes nothing. It is in the files and the raw events, but counts as no change. */
const THREAD_NAME = /^\/proc\/\d+\/(?:task\/\d+\/)?comm$/

/** The process an event names, made up when nothing else is known of it. */
function actorOf(model: JobModel, event: Event): Process {
  return model.processes.get(event.process) ?? placeholder(model, event.process, event.step, event.time, event.exe)
}

function placeholder(model: JobModel, number: number, step: number, time: number, exe: string): Process {
  const process: Process = {
    number,
    pid: 0,
    parent: 0,
    step,
    startedAt: time,
    endedAt: undefined,
    exitCode: undefined,
    signal: undefined,
    uid: undefined,
    exe,
    known: false,
    execs: [],
    children: [],
    flags: new Set(),
    flows: 0,
    changes: 0,
    secrets: 0,
    memory: 0,
  }
  model.processes.set(number, process)
  return process
}

function adopt(model: JobModel, process: Process, parent: number): void {
  if (parent === 0 || parent === process.number) return
  // A record that names a process as its own ancestor would make every walk endless: such a parent is not believed.
  // Only a process that already has children can be one, which keeps long fork chains cheap.
  if (process.children.length > 0 && isAncestor(model, process.number, parent)) return
  process.parent = parent
  const known = model.processes.get(parent) ?? placeholder(model, parent, process.step, process.startedAt, '')
  known.children.push(process.number)
}

function isAncestor(model: JobModel, candidate: number, of: number): boolean {
  for (let at = model.processes.get(of); at !== undefined; at = at.parent === 0 ? undefined : model.processes.get(at.parent)) {
    if (at.number === candidate) return true
  }
  return false
}

function totalsOf(model: JobModel, step: number): StepTotals {
  const known = model.steps.get(step)
  if (known !== undefined) return known
  const totals: StepTotals = { events: 0, processes: 0, flows: 0, changes: 0, secrets: 0, memory: 0, lost: 0 }
  model.steps.set(step, totals)
  return totals
}

/** The process and its ancestors, the oldest first: "who did it". At most `limit` of them, the nearest. */
export function chainOf(model: JobModel, process: number, limit = 64): readonly Process[] {
  const chain: Process[] = []
  for (let at = model.processes.get(process); at !== undefined && chain.length < limit;) {
    chain.push(at)
    at = at.parent === 0 ? undefined : model.processes.get(at.parent)
  }
  return chain.reverse()
}

/** The event with that number, by binary search: events are in the order of `seq`, which has no gaps only in whole records. */
export function eventAt(model: JobModel, seq: number): Event | undefined {
  let low = 0
  let high = model.events.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const event = model.events[middle]
    if (event === undefined) return undefined
    if (event.seq === seq) return event
    if (event.seq < seq) low = middle + 1
    else high = middle - 1
  }
  return undefined
}
