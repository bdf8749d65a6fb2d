/* For cases and tests: short ways to write the events of a job by hand. */
import type { Event, EventKind, EventOf, Job, Step } from '@gatehouse/schema'
import type { ActionKnowledge } from './detection.ts'

/** A job as a list of events, and whether the detection must fire on it. */
export interface Case {
  readonly name: string
  readonly fires: boolean
  readonly events: readonly Event[]
  /** The job and steps that the detector was told of, where it matters. */
  readonly job?: Partial<Job>
  readonly steps?: readonly Step[]
  readonly knowledge?: ActionKnowledge
}

type Body<K extends EventKind> = Omit<EventOf<K>, 'seq' | 'time' | 'kind' | 'step' | 'exe'> & {
  readonly exe?: string
  readonly step?: number
}

/** Numbers the events of one job and fills what a case does not care about. */
export function jobOf(...makers: readonly ((seq: number) => Event)[]): readonly Event[] {
  return makers.map((make, index) => make(index + 1))
}

/** Process `process` (child of `parent`) executed `argv`. */
export function exec(process: number, parent: number, argv: readonly string[], more: Partial<EventOf<'process'>> = {}) {
  return (seq: number): Event => ({
    seq,
    time: seq,
    step: 1,
    kind: 'process',
    op: 'exec',
    process,
    parent,
    exe: argv[0] ?? '/bin/true',
    argv: [...argv],
    pid: 1_000 + process,
    startNs: process,
    ...more,
  })
}

/** Any other event; exe and step have defaults. */
export function happens<K extends Exclude<EventKind, 'process'>>(kind: K, body: Body<K>) {
  // Safe: `body` has every field of the kind except those set here.
  return (seq: number): Event => ({ exe: '/usr/bin/node', step: 1, time: seq, ...body, seq, kind }) as unknown as Event
}

/** Step `number` that uses an action, or runs a script when `uses` is left out. */
export function stepOf(number: number, uses?: string, more: Partial<Step> = {}): Step {
  const [repository = '', ref = ''] = uses?.split('@') ?? []
  return {
    number,
    name: uses ?? 'run',
    kind: uses === undefined ? 'run' : 'action',
    stage: 'main',
    startedAt: 0,
    confidence: 1,
    ...(uses === undefined ? {} : { action: { repository, ref } }),
    ...more,
  }
}

/** A TCP connection that was made, to a named host unless `domain` is null. */
export function connects(process: number, host: string | null, more: Partial<EventOf<'network'>> = {}) {
  return happens('network', {
    op: 'connect',
    process,
    flow: 1,
    protocol: 'tcp',
    ip: '203.0.113.9',
    port: 443,
    outcome: 'established',
    verdict: 'observed',
    ...(host === null ? { flags: ['no-dns'] } : { domain: host, domainSource: 'dns' }),
    ...more,
  })
}

/** Process `process` did `op` to a file. */
export function touches(process: number, op: EventOf<'file'>['op'], path: string, more: Partial<EventOf<'file'>> = {}) {
  return happens('file', { op, path, process, ...more })
}

/** Process 2 is npm installing, process 3 the install script of the package `left`. */
export const INSTALL = [
  exec(2, 1, ['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'ci'], { exe: '/usr/bin/node', cwd: '/home/ci/app' }),
  exec(3, 2, ['node', 'install.js'], { exe: '/usr/bin/node', cwd: '/home/ci/app/node_modules/left' }),
] as const
