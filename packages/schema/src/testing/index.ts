/* Realistic records for tests, seed data and measurements. Pure: the same arguments give the same job. */
import { encodeBatch, type BatchMeta } from '../wire.ts'
import type { Event, Finding, Job, JobEnd, JournalRecord, Step } from '../index.ts'
import { randomOf, type Random } from './random.ts'

export { randomOf, type Random }

/** What a sample job should look like. */
export interface SampleOptions {
  readonly seed: number
  /** How many events it makes. */
  readonly events: number
  /** Microseconds since the Unix epoch; default 2026-11-22 12:00 UTC. */
  readonly startedAt?: number
  readonly repository?: string
}

const NOON = 1_795_348_800_000_000
const NAMES = ['registry.example.test', 'files.example.test', 'api.example.test', 'cdn.example.test', 'collector.example.test']
const PROGRAMS = ['/usr/bin/node', '/usr/bin/git', '/usr/bin/sh', '/usr/bin/tar', '/usr/bin/make', '/usr/lib/gcc/cc1', '/usr/bin/curl']

/** A whole job: announcement, steps, `events` events with their usual proportions, one finding, end. */
export function sampleJob(options: SampleOptions): { readonly job: Job; readonly records: readonly JournalRecord[] } {
  const random = randomOf(options.seed)
  const startedAt = options.startedAt ?? NOON
  const job: Job = {
    id: random.uuid(),
    run: {
      id: random.uuid(),
      repository: options.repository ?? 'example/widgets',
      workflow: 'build',
      number: random.below(5_000),
      attempt: 1,
      event: 'push',
      ref: 'refs/heads/main',
      sha: random.hex(40),
      actor: 'octo',
    },
    name: 'test',
    command: ['npm', 'ci'],
    cwd: '/home/runner/work/widgets/widgets',
    runner: { name: 'runner-1', os: 'Linux', arch: 'x64', kernel: '6.1.0-41-amd64' },
    agent: { version: '0.1.0' },
    capture: { mode: 'full', reasons: [], scope: 'tree' },
    startedAt,
  }
  const steps: Step[] = ['Check out', 'npm ci', 'npm test'].map((name, index) => ({
    number: index + 1,
    name,
    kind: 'run',
    stage: 'main',
    startedAt: startedAt + index * 1_000_000,
    confidence: 1,
  }))
  const events: Event[] = []
  for (let seq = 1; seq <= options.events; seq++) events.push(sampleEvent(random, seq, startedAt + seq * 733))
  const finding: Finding = {
    id: random.uuid(),
    detection: 'secret-file-read',
    title: 'A secret file was read',
    message: 'An install script read ~/.ssh/id_ed25519.',
    severity: 'high',
    confidence: 'high',
    catalogue: ['R01'],
    attack: ['T1552.001'],
    time: startedAt + 733,
    step: 2,
    process: 3,
    events: [Math.min(1, options.events)],
    evidence: { path: '/home/runner/.ssh/id_ed25519' },
  }
  const end: JobEnd = {
    finishedAt: startedAt + options.events * 733 + 1_000_000,
    exitCode: 0,
    verdict: 'complete',
    events: options.events,
    accounting: [{ type: 'exec', ring: 'critical', made: options.events, delivered: options.events, aggregated: 0, lost: 0 }],
    notes: [],
  }
  const finished = steps.map((step): Step => Object.assign({ finishedAt: step.startedAt + 900_000, exitCode: 0 }, step))
  return {
    job,
    records: [
      { record: 'job', schema: 1, job },
      ...steps.map((step) => ({ record: 'step' as const, step })),
      ...events.map((event) => ({ record: 'event' as const, event })),
      { record: 'finding', finding },
      ...finished.map((step) => ({ record: 'step' as const, step })),
      { record: 'end', end },
    ],
  }
}

/** The batches in which an agent would send these records, at most `size` records each; the last one is final. */
export function sampleBatches(
  job: Job,
  records: readonly JournalRecord[],
  size: number,
): readonly { readonly meta: BatchMeta; readonly text: string }[] {
  const batches: { meta: BatchMeta; text: string }[] = []
  for (let from = 0, n = 1; from < records.length; from += size, n++) {
    const meta: BatchMeta = { job: job.id, n, clock: job.startedAt + n, agent: '0.1.0', final: from + size >= records.length }
    batches.push({ meta, text: encodeBatch(meta, records.slice(from, from + size)) })
  }
  return batches
}

function sampleEvent(random: Random, seq: number, time: number): Event {
  const common = { seq, time, step: 1 + random.below(3), process: 1 + random.below(60), exe: random.of(PROGRAMS) }
  const roll = random.below(100)
  if (roll < 19) {
    const argv = [random.of(PROGRAMS), '--flag', random.hex(12), `src/${random.hex(6)}.c`]
    return {
      ...common,
      kind: 'process',
      op: 'exec',
      pid: 1_000 + random.below(30_000),
      startNs: 5_000_000_000 + seq * 9_973,
      parent: random.below(60),
      argv,
      cwd: '/home/runner/work',
    }
  }
  if (roll < 94) {
    const path = `/home/runner/work/widgets/node_modules/${random.of(NAMES)}/${random.below(1_500)}.js`
    return { ...common, kind: 'file', op: random.of(['write', 'create', 'rename', 'unlink']), path }
  }
  const ip = `192.0.2.${1 + random.below(200)}`
  if (roll < 97) {
    return {
      ...common,
      kind: 'network',
      op: 'connect',
      flow: seq,
      protocol: 'tcp',
      ip,
      port: 443,
      domain: random.of(NAMES),
      domainSource: 'dns',
      outcome: 'established',
      verdict: 'observed',
    }
  }
  if (roll < 99) {
    const name = random.of(NAMES)
    return {
      ...common,
      kind: 'dns',
      op: 'answer',
      transport: 'udp',
      server: '192.0.2.53',
      port: 53,
      id: random.below(65_536),
      name,
      type: 'A',
      code: 'NOERROR',
      answers: [{ name, type: 'A', data: ip, ttl: 60 }],
    }
  }
  return { ...common, kind: 'http', op: 'request', scheme: 'http', method: 'POST', host: random.of(NAMES), path: '/upload', ip, port: 80 }
}
