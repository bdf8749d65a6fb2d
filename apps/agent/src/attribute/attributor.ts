/*
 * Kernel records to events: numbers the processes, puts each event on its step, joins names to addresses, and takes secrets out. Pure in
 * the sense that matters for tests: everything it knows comes in through its arguments, and it touches no file and no clock.
 */
import type { Event, EventOf, Step } from '@gatehouse/schema'
import type {
  AdoptedRecord,
  DnsRecord,
  ExecRecord,
  ExitRecord,
  ForkRecord,
  HelloRecord,
  HttpRecord,
  KernelRecord,
  LibraryRecord,
  MemoryRecord,
  OpenRecord,
  PathRecord,
  PlainRecord,
  RecordBase,
  SystemRecord,
} from '../sensor/record.ts'
import { createNameTable } from '../dns/names.ts'
import { readHttpRequest } from '../http/request.ts'
import { readEnvironment } from '../secrets/environment.ts'
import type { Redactor } from '../secrets/redactor.ts'
import { createDnsReader } from './dns.ts'
import { createHelloTable } from './hello.ts'
import { createFlowTable, type FlowEvent } from './network.ts'
import { createPlaintextTable } from './plaintext.ts'
import { createProcessTable, type Process, type ProcessTable } from './processes.ts'
import { createStepTable } from './steps.ts'
import { ptraceRequest, systemDetail } from './calls.ts'

/** An event before it has its number. */
export type Draft = Event extends infer E ? (E extends Event ? Omit<E, 'seq'> : never) : never

/** What identifies the file that a program was read from, for hashing it. */
export interface ExecutedFile {
  readonly path: string
  readonly pid: number
  readonly device: number
  readonly inode: string
  readonly size: number
  /** Microseconds since the epoch. */
  readonly time: number
}

export interface AttributorOptions {
  readonly redactor: Redactor
  /** Microseconds since the epoch of a kernel time. */
  readonly toEpoch: (bootNs: number) => number
  readonly command: string
  readonly startedAt: number
  /** Names that addresses had before the job, see `readHosts`. */
  readonly hosts?: ReadonlyMap<string, string>
  readonly onStep: (step: Step) => void
  /** `file` is there for an exec whose file can be hashed. */
  readonly onEvent: (event: Draft, file?: ExecutedFile) => void
  /** A runner worker executed; its folder has the log that names the steps. */
  readonly onWorker?: (exe: string) => void
  /** Since when (kernel time) what this file writes through TLS is read. Left out when nothing is, so that not every connection says so. */
  readonly probedSince?: (device: number, inode: string) => number | undefined
}

export interface Attributor {
  record(record: KernelRecord): void
  /** Reports connection attempts that have waited longer than a few seconds. `bootNs` is now. */
  tick(bootNs: number): void
  /** A name for the step that this pid began, from the runner's log. */
  nameStep(pid: number, name: string): void
  /** The command ended. */
  finish(time: number, exitCode: number): void
  readonly processes: ProcessTable
  /** DNS messages that could not be read. */
  readonly undecodable: number
}

const ARGUMENT_LENGTH_MAX = 8_192
const ARGUMENTS_MAX = 1_024
const PATH_LENGTH_MAX = 4_096
const PENDING_NS = 3e9
/** A process opens one TLS library, seldom two. */
const LIBRARIES_MAX = 8

/** Writing to these changes nothing; every program does it all the time. */
const DEVICES = /^\/dev\/(?:null|zero|full|tty|ptmx|pts\/\d+|stdout|stderr)$/

type Flag = NonNullable<Event['flags']>[number]

export function createAttributor(options: AttributorOptions): Attributor {
  const { redactor, toEpoch } = options
  const processes = createProcessTable()
  const names = createNameTable(options.hosts)
  const dns = createDnsReader(names)
  const flows = createFlowTable(names)
  const hellos = createHelloTable()
  const plaintext = createPlaintextTable((credential) => redactor.credential(credential))
  /** Program and TLS libraries of each living process, by its number. */
  const files = new Map<number, readonly Pick<LibraryRecord, 'device' | 'inode'>[]>()
  const steps = createStepTable(redactor.text(options.command).slice(0, 512), options.startedAt, options.onStep)

  return {
    processes,
    get undecodable() {
      return dns.undecodable
    },
    nameStep: (pid, name) => steps.rename(pid, redactor.text(name)),
    finish: (time, exitCode) => steps.finish(time, exitCode),
    tick(bootNs) {
      for (const event of flows.pending(bootNs - PENDING_NS)) flow(event)
    },
    record(record) {
      switch (record.type) {
        case 'fork':
          return fork(record)
        case 'adopted':
          return adopted(record)
        case 'exec':
          return exec(record)
        case 'exit':
          return exit(record)
        case 'open':
          return opened(record)
        case 'path':
          return pathChanged(record)
        case 'tcp':
          return flow(flows.tcp(record))
        case 'flow':
          return flow(flows.datagram(record))
        case 'dns':
          return dnsMessage(record)
        case 'http':
          return httpRequest(record)
        case 'hello':
          return hello(record)
        case 'plain':
          return plain(record)
        case 'library':
          return library(record)
        case 'memory':
          return memory(record)
        case 'system':
          return system(record)
      }
    },
  }

  /** The acting process; one that is new here was forked before it was watched, or its fork was lost. */
  function actor(record: RecordBase): Process | undefined {
    return processes.get(record.pid, record.start, record.step)
  }

  /** The fields every event has. */
  function common(record: RecordBase, process: Process | undefined, flags: readonly (Flag | false | undefined)[]) {
    const time = toEpoch(record.time)
    const step = steps.number(record.step, time)
    const set = flags.filter((flag): flag is Flag => typeof flag === 'string')
    if (record.compat) set.push('compat')
    if (steps.outlived(step, time)) set.push('outlived-step')
    return { time, step, process: process?.number ?? 0, exe: process?.exe ?? '', ...(set.length === 0 ? {} : { flags: [...new Set(set)] }) }
  }

  function cleanPath(path: string): string {
    return redactor.path(path).slice(0, PATH_LENGTH_MAX)
  }

  function fork(record: ForkRecord): void {
    const parent = actor(record)
    const child = processes.get(record.child.pid, record.child.start, record.child.step)
    if (!child) return
    child.parent = parent?.number ?? 0
    child.exe ||= parent?.exe ?? ''
    child.uid ??= parent?.uid
    const inherited = parent && files.get(parent.number)
    if (inherited) files.set(child.number, inherited)
    if (child.argv.length === 0) child.argv = parent?.argv ?? []
    const time = toEpoch(record.time)
    if (record.child.step !== record.step) steps.begin(record.child.step, child.pid, child.number, time)
    options.onEvent({
      ...common({ ...record, step: record.child.step }, child, []),
      kind: 'process',
      op: 'start',
      pid: child.pid,
      startNs: Math.trunc(child.startNs),
      parent: child.parent,
    })
  }

  function adopted(record: AdoptedRecord): void {
    const process = actor(record)
    if (!process) return
    process.exe = cleanPath(record.exe)
    process.argv = redactor.argv(record.argv.slice(0, ARGUMENTS_MAX), ARGUMENT_LENGTH_MAX)
    process.uid = record.uid
    process.parent = processes.byPid(record.parent)?.number ?? 0
    process.executed = true
    if (record.worker) options.onWorker?.(record.exe)
    options.onEvent({
      ...common(record, process, ['existed', redactedFlag(record.argv, process.argv)]),
      kind: 'process',
      op: 'start',
      pid: process.pid,
      startNs: Math.trunc(process.startNs),
      parent: process.parent,
      uid: record.uid,
      argv: [...process.argv],
      cwd: cleanPath(record.cwd),
    })
  }

  function exec(record: ExecRecord): void {
    // First of all take what is allowed out of the environment and destroy the rest.
    const view = readEnvironment(record.environment)
    record.environment.fill(0)
    const process = actor(record)
    if (!process) return
    const argv = redactor.argv(record.argv.slice(0, ARGUMENTS_MAX), ARGUMENT_LENGTH_MAX)
    const environment: Record<string, string> = {}
    for (const [name, value] of Object.entries(view.environment)) environment[name] = redactor.text(value).slice(0, 1_024)
    const first = !process.executed
    process.executed = true
    process.exe = cleanPath(record.exe)
    process.argv = argv
    process.uid = record.uid
    files.set(process.number, [{ device: record.device, inode: record.inode }])
    if (process.parent === 0) process.parent = processes.byPid(record.parent)?.number ?? 0
    const time = toEpoch(record.time)
    if (first) steps.identify(record.step, process.number, { argv, environment }, time)
    if (record.worker) options.onWorker?.(record.exe)

    const cutHere = record.argv.length > ARGUMENTS_MAX || record.argv.some((argument) => argument.length > ARGUMENT_LENGTH_MAX)
    const flags = [
      record.pathCut && 'path-cut',
      (record.argvCut || cutHere) && 'argv-cut',
      record.memfd && 'memfd',
      record.deleted && 'deleted',
      redactedFlag(record.argv, argv) ?? (process.exe !== record.exe && 'redacted'),
    ] as const
    options.onEvent(
      {
        ...common(record, process, flags),
        kind: 'process',
        op: 'exec',
        pid: process.pid,
        startNs: Math.trunc(process.startNs),
        parent: process.parent,
        uid: record.uid,
        argv,
        argvBytes: record.argvBytes,
        cwd: cleanPath(record.cwd),
        filename: cleanPath(record.filename),
        device: record.device,
        inode: record.inode,
        ...(Object.keys(environment).length === 0 ? {} : { environment }),
        ...(view.injection.length === 0 ? {} : { injection: [...view.injection] }),
      },
      { path: record.exe, pid: record.pid, device: record.device, inode: record.inode, size: record.size, time },
    )
  }

  function exit(record: ExitRecord): void {
    const process = actor(record)
    if (!process) return
    const fields = common(record, process, [])
    processes.end(process)
    files.delete(process.number)
    const status = record.signal === 0 ? record.code & 0xff : Math.min(255, 128 + record.signal)
    options.onEvent({
      ...fields,
      kind: 'process',
      op: 'exit',
      pid: process.pid,
      startNs: Math.trunc(process.startNs),
      exitCode: status,
      ...(record.signal === 0 ? {} : { signal: Math.min(record.signal, 128) }),
    })
    steps.processEnded(process.number, fields.time, status)
  }

  function opened(record: OpenRecord): void {
    if (DEVICES.test(record.path)) return
    const process = actor(record)
    const path = cleanPath(record.path)
    const flags = [record.pathCut && 'path-cut', path !== record.path && 'redacted'] as const
    if (record.target !== 0) {
      // A process that looks at itself learns nothing new.
      if (record.target === record.pid) return
      if (record.path.endsWith('/mem')) {
        const target = processes.byPid(record.target)
        options.onEvent({
          ...common(record, process, flags),
          kind: 'memory',
          op: 'open-mem',
          ...targetFields(record.target, target),
          path,
          detail: record.write ? 'for writing' : 'for reading',
          result: 0,
        })
        return
      }
    }
    const op = record.created ? 'create' : record.write ? 'write' : 'read'
    options.onEvent({
      ...common(record, process, flags),
      kind: 'file',
      op,
      path,
      device: record.device,
      inode: record.inode,
      result: 0,
      ...(record.secret === undefined ? {} : { family: record.secret }),
      ...(record.repeats > 0 ? { count: record.repeats + 1 } : {}),
    })
  }

  function pathChanged(record: PathRecord): void {
    const process = actor(record)
    const path = cleanPath(record.path)
    const to = record.to === undefined ? undefined : cleanPath(record.to)
    const redacted = path !== record.path || to !== record.to
    const op = record.op === 'open' ? ((record.argument & 3) === 0 ? 'read' : 'write') : record.op
    options.onEvent({
      ...common(record, process, ['after-call', record.pathCut && 'path-cut', redacted && 'redacted']),
      kind: 'file',
      op,
      path,
      ...(to === undefined ? {} : { to }),
      result: Math.min(0, Math.max(-4_095, record.result)),
    })
  }

  function flow(event: FlowEvent | undefined): void {
    if (!event) return
    const { noDns, ...fields } = event.fields
    const process = actor(event.record)
    const domain = fields.domain === undefined ? {} : { domain: redactor.domain(fields.domain).slice(0, 255) }
    const sni = fields.sni === undefined ? {} : { sni: redactor.domain(fields.sni).slice(0, 255) }
    const unread = fields.op === 'tls' && process !== undefined && isUnread(process, event.record.time)
    const flags = [noDns && 'no-dns', unread && 'tls-unread', ...(event.flags ?? [])] as const
    options.onEvent({ ...common(event.record, process, flags), ...fields, ...domain, ...sni })
  }

  function dnsMessage(record: DnsRecord): void {
    const process = actor(record)
    for (const fields of dns.read(record)) {
      const name = redactor.domain(fields.name).slice(0, 255)
      const answers = fields.answers?.map((answer) => ({
        ...answer,
        name: redactor.domain(answer.name).slice(0, 255),
        data: redactor.text(redactor.domain(answer.data)).slice(0, 1_024),
      }))
      options.onEvent({
        ...common(record, process, [name !== fields.name && 'redacted']),
        ...fields,
        name,
        ...(answers === undefined ? {} : { answers }),
      })
    }
  }

  function httpRequest(record: HttpRecord): void {
    const request = readHttpRequest(record.head)
    record.head.fill(0)
    if (!request) return
    const process = actor(record)
    const number = flows.named(record, request.method, request.host)
    const path = redactor.path(request.path).slice(0, 4_096)
    options.onEvent({
      ...common(record, process, [path !== request.path && 'redacted']),
      kind: 'http',
      op: 'request',
      ...(number === undefined ? {} : { flow: number }),
      scheme: 'http',
      method: request.method,
      host: redactor.domain(request.host).slice(0, 255),
      path,
      version: request.version,
      ...(request.credential === undefined ? {} : { credential: redactor.credential(request.credential) }),
      ip: record.remote.ip,
      port: record.remote.port,
    })
  }

  function hello(record: HelloRecord): void {
    const tls = hellos.take(record)
    if (tls) flow(flows.hello(record, tls))
  }

  /** Nothing that this process runs is probed. Unknown is not unread: a process that was there before has not told what it maps. */
  function isUnread(process: Process, time: number): boolean {
    const mapped = files.get(process.number)
    const { probedSince } = options
    if (mapped === undefined || probedSince === undefined) return false
    return !mapped.some(({ device, inode }) => (probedSince(device, inode) ?? Number.POSITIVE_INFINITY) <= time)
  }

  function library({ device, inode, ...record }: LibraryRecord): void {
    const process = actor(record)
    if (!process) return
    const mapped = files.get(process.number) ?? []
    if (mapped.length < LIBRARIES_MAX) files.set(process.number, [...mapped, { device, inode }])
  }

  function plain(record: PlainRecord): void {
    for (const request of plaintext.take(record, toEpoch(record.time))) {
      const process = actor(record)
      const host = redactor.domain(request.host ?? '').slice(0, 255)
      const path = redactor.path(request.path ?? '').slice(0, 4_096)
      const carrier = request.host === undefined ? undefined : flows.carrying(record.pid, request.host)
      options.onEvent({
        ...common(record, process, [!request.complete && 'partial', path !== (request.path ?? '') && 'redacted']),
        kind: 'http',
        op: 'request',
        ...(carrier === undefined ? {} : { flow: carrier.flow }),
        scheme: 'https',
        method: (request.method ?? '').slice(0, 32),
        host,
        path,
        version: request.version,
        ...(request.credential === undefined ? {} : { credential: request.credential }),
        ...(carrier === undefined ? {} : { ip: carrier.ip, port: carrier.port }),
      })
    }
  }

  function memory(record: MemoryRecord): void {
    if (record.target === record.pid) return
    const process = actor(record)
    options.onEvent({
      ...common(record, process, []),
      kind: 'memory',
      op: record.op,
      ...targetFields(record.target, processes.byPid(record.target)),
      ...(record.op === 'ptrace' ? { detail: ptraceRequest(record.request) } : {}),
      ...(record.op === 'take-fd' ? { detail: `descriptor ${record.request}` } : {}),
      result: Math.max(-4_095, Math.trunc(record.result)),
    })
  }

  function system(record: SystemRecord): void {
    const process = actor(record)
    const detail = redactor.text(systemDetail(record)).slice(0, 256)
    const isRing = record.op === 'io-uring' && record.call.startsWith('io_uring:')
    options.onEvent({
      ...common(record, process, [isRing && 'io-uring']),
      kind: 'system',
      op: record.op,
      detail,
      result: Math.max(-4_095, Math.trunc(record.result)),
    })
  }
}

function targetFields(pid: number, target: Process | undefined): Pick<EventOf<'memory'>, 'target' | 'targetPid' | 'targetExe'> {
  return { target: target?.number ?? 0, targetPid: pid, ...(target === undefined || target.exe === '' ? {} : { targetExe: target.exe }) }
}

function redactedFlag(before: readonly string[], after: readonly string[]): 'redacted' | undefined {
  return after.some((argument, index) => argument.includes('‹redacted:') && argument !== before[index]) ? 'redacted' : undefined
}
