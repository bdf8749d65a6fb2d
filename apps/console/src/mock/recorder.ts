/* Writes the record of an imagined job: keeps time, numbers processes and flows, and counts, so that stories read like stories. */
import type {
  Event,
  FileEvent,
  Finding,
  Job,
  JobDetail,
  JobEnd,
  MemoryEvent,
  NetworkEvent,
  ProcessEvent,
  RunState,
  Severity,
  Step,
} from '@gatehouse/schema'
import { uuid } from './random.ts'

const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

/** `Omit` that keeps the members of a union apart. */
type Loose<T, K extends PropertyKey> = T extends unknown ? Omit<T, K & keyof T> : never
type Given = Loose<Event, 'seq' | 'time' | 'step' | 'exe'>

export interface SpawnOptions {
  readonly cwd?: string
  readonly takesMs?: number
  readonly flags?: ProcessEvent['flags']
  readonly injection?: readonly string[]
  readonly uid?: number
}

export interface FlowOptions {
  readonly domain?: string
  readonly port?: number
  readonly sent?: number
  readonly received?: number
  readonly protocol?: NetworkEvent['protocol']
  readonly outcome?: NetworkEvent['outcome']
  readonly verdict?: NetworkEvent['verdict']
  readonly takesMs?: number
}

/** A growing record. Times are microseconds; `at` is the moving clock. */
export class Recorder {
  readonly events: Event[] = []
  readonly steps: Step[] = []
  readonly findings: Finding[] = []
  readonly job: Job
  end: JobEnd | undefined
  at: number
  lost = 0
  private processes = 0
  private flows = 0
  private pid = 2_100
  private readonly where = new Map<number, { step: number; exe: string; pid: number; startNs: number }>()
  private readonly destinations = new Set<string>()
  private readonly changed = new Set<string>()

  constructor(job: Job) {
    this.job = job
    this.at = job.startedAt
  }

  wait(ms: number): this {
    this.at += Math.round(ms * 1_000)
    return this
  }

  step(step: Pick<Step, 'name'> & Partial<Step>): number {
    const number = this.steps.length + 1
    this.steps.push({ number, kind: 'run', stage: 'main', startedAt: this.at, confidence: 1, ...step })
    return number
  }

  endStep(number: number, exitCode = 0): this {
    const index = this.steps.findIndex((step) => step.number === number)
    const step = this.steps[index]
    if (step !== undefined) this.steps[index] = { ...step, finishedAt: this.at, exitCode }
    return this
  }

  /** Starts a program as a child of `parent` (0: outside the job). */
  spawn(parent: number, step: number, argv: readonly string[], options: SpawnOptions = {}): number {
    this.processes += 1
    this.pid += 1 + (this.processes % 3)
    const number = this.processes
    const exe = argv[0]?.startsWith('/') ? argv[0] : `/usr/bin/${argv[0] ?? 'true'}`
    this.where.set(number, { step, exe, pid: this.pid, startNs: this.sinceBoot() })
    const identity = { process: number, pid: this.pid, startNs: this.sinceBoot(), parent, uid: options.uid ?? 1001 }
    this.push({ kind: 'process', op: 'start', ...identity })
    this.wait(0.4)
    this.push({
      kind: 'process',
      op: 'exec',
      ...identity,
      argv: [...argv],
      cwd: options.cwd ?? '/home/runner/work/checkout-service/checkout-service',
      filename: exe,
      sha256: hashOf(exe),
      hash: 'exact',
      ...(options.flags === undefined ? {} : { flags: options.flags }),
      ...(options.injection === undefined ? {} : { injection: [...options.injection] }),
    })
    this.wait(options.takesMs ?? 1.6)
    return number
  }

  exit(process: number, exitCode = 0): this {
    const known = this.where.get(process)
    this.push({ kind: 'process', op: 'exit', process, pid: known?.pid ?? 0, startNs: known?.startNs ?? 0, exitCode })
    return this.wait(0.3)
  }

  lookup(process: number, name: string, addresses: readonly string[], code = 'NOERROR'): this {
    const message = {
      kind: 'dns',
      process,
      transport: 'udp',
      server: '127.0.0.53',
      port: 53,
      id: (this.events.length * 7) % 65_536,
      name,
      type: 'A',
    } as const
    this.push({ ...message, op: 'query' })
    this.wait(8)
    this.push({ ...message, op: 'answer', code, answers: addresses.map((data) => ({ name, type: 'A', data, ttl: 60 })) })
    return this.wait(0.5)
  }

  flow(process: number, ip: string, options: FlowOptions = {}): number {
    this.flows += 1
    const protocol = options.protocol ?? 'tcp'
    const port = options.port ?? 443
    const common = {
      kind: 'network',
      process,
      flow: this.flows,
      protocol,
      ip,
      port,
      verdict: options.verdict ?? 'observed',
      ...(options.domain === undefined ? { flags: ['no-dns'] as 'no-dns'[] } : { domain: options.domain, domainSource: 'dns' as const }),
    } as const
    this.destinations.add(`${ip}:${port}`)
    this.push({
      ...common,
      op: protocol === 'tcp' ? 'connect' : 'send',
      outcome: options.outcome ?? (protocol === 'tcp' ? 'established' : 'sent'),
      localIp: '10.1.0.4',
      localPort: 40_000 + (this.flows % 20_000),
    })
    this.wait(options.takesMs ?? 40)
    return this.flows
  }

  close(process: number, flow: number, ip: string, options: FlowOptions = {}): this {
    this.push({
      kind: 'network',
      op: 'close',
      process,
      flow,
      protocol: options.protocol ?? 'tcp',
      ip,
      port: options.port ?? 443,
      verdict: options.verdict ?? 'observed',
      sent: options.sent ?? 1_240,
      received: options.received ?? 5_320,
      ...(options.domain === undefined ? {} : { domain: options.domain, domainSource: 'dns' as const }),
    })
    return this
  }

  /** Name looked up, connected, bytes exchanged, closed. */
  visit(process: number, domain: string, ip: string, options: FlowOptions = {}): this {
    this.lookup(process, domain, [ip])
    const flow = this.flow(process, ip, { ...options, domain })
    return this.close(process, flow, ip, { ...options, domain })
  }

  request(
    process: number,
    method: string,
    host: string,
    path: string,
    more: { flow?: number; status?: number; scheme?: 'http' | 'https'; ip?: string; port?: number } = {},
  ): this {
    this.push({
      kind: 'http',
      op: 'request',
      process,
      method,
      host,
      path,
      scheme: more.scheme ?? 'http',
      version: '1.1',
      ...without(more, 'scheme'),
    })
    return this
  }

  file(
    process: number,
    op: FileEvent['op'],
    path: string,
    more: { family?: NonNullable<FileEvent['family']>; to?: string; result?: number; count?: number } = {},
  ): this {
    if (op !== 'read') this.changed.add(path)
    this.push({ kind: 'file', op, process, path, device: 2_049, inode: String(400_000 + this.events.length), ...more })
    return this.wait(0.1)
  }

  memory(process: number, op: MemoryEvent['op'], target: number, more: { path?: string; detail?: string; result?: number } = {}): this {
    const known = this.where.get(target)
    this.push({ kind: 'memory', op, process, target, targetPid: known?.pid ?? 1, targetExe: known?.exe ?? '/', ...more })
    return this.wait(1.2)
  }

  push(given: Given): number {
    const known = this.where.get(given.process)
    const seq = this.events.length + 1
    this.events.push({ seq, time: this.at, step: known?.step ?? 0, exe: known?.exe ?? '', ...given })
    if (given.kind === 'loss') this.lost += given.count
    return seq
  }

  /** The imagined machine booted a minute before the job. */
  private sinceBoot(): number {
    return (this.at - this.job.startedAt + 60_000_000) * 1_000
  }

  get lastSeq(): number {
    return this.events.length
  }

  find(finding: Omit<Finding, 'id' | 'time' | 'step' | 'process' | 'catalogue' | 'attack'> & Partial<Finding>): this {
    const last = this.events.at(-1)
    this.findings.push({
      id: uuid(0xf1, this.findings.length + 1),
      time: this.at,
      step: last?.step ?? 0,
      process: last?.process ?? 0,
      catalogue: [],
      attack: [],
      ...finding,
    })
    return this
  }

  finish(exitCode: number, verdict: JobEnd['verdict'] = 'complete', notes: readonly string[] = []): this {
    this.end = {
      finishedAt: this.at,
      exitCode,
      verdict,
      events: this.events.length,
      accounting: [
        { type: 'exec', ring: 'critical', made: this.processes, delivered: this.processes, aggregated: 0, lost: 0 },
        { type: 'open', ring: 'bulk', made: this.changed.size + this.lost, delivered: this.changed.size, aggregated: 0, lost: this.lost },
      ],
      notes: [...notes],
    }
    return this
  }

  detail(state: RunState = this.end === undefined ? 'running' : 'finished'): JobDetail {
    const worst = this.findings.map((finding) => SEVERITIES.indexOf(finding.severity)).reduce((a, b) => Math.max(a, b), -1)
    const severity = SEVERITIES[worst]
    return {
      summary: {
        job: this.job,
        state,
        ...(this.end === undefined ? {} : { end: this.end }),
        counts: {
          events: this.events.length,
          processes: this.processes,
          destinations: this.destinations.size,
          files: this.changed.size,
          findings: this.findings.length,
          lost: this.lost,
        },
        ...(severity === undefined ? {} : { severity }),
        seenAt: this.at,
      },
      steps: [...this.steps],
      findings: [...this.findings],
      findingsOmitted: 0,
    }
  }
}

/** Not a hash of anything: 64 hex digits that differ from program to program. */
function hashOf(text: string): string {
  let state = 0x811c9dc5
  let out = ''
  for (let round = 0; round < 8; round += 1) {
    for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193) >>> 0
    out += state.toString(16).padStart(8, '0')
  }
  return out
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _dropped, ...rest } = value
  return rest
}
