/* Everything the mock API can be asked about: 300 repositories' runs, and the few runs that exist to be looked at. */
import type { Event, JobDetail, Run, RunDetail, RunSummary } from '@gatehouse/schema'
import { compilation, demonstration, hostile, newJob, ordinary } from './jobs.ts'
import { random, uuid } from './random.ts'
import { Recorder } from './recorder.ts'

export interface MockRun {
  readonly summary: () => RunSummary
  readonly detail: () => RunDetail
  /** Events of one of its jobs as far as they happened; undefined when the job is not of this run. */
  readonly events: (job: string) => readonly Event[] | undefined
  readonly live: boolean
}

/** Runs with a name, for tests, screenshots and people who want to see a certain screen. */
export const NAMED_RUNS = {
  story: uuid(1, 1),
  live: uuid(1, 2),
  big: uuid(1, 3),
  degraded: uuid(1, 4),
  replayed: uuid(1, 5),
  hostile: uuid(1, 6),
  tampered: uuid(1, 7),
  command: uuid(1, 8),
  empty: uuid(1, 9),
  lost: uuid(1, 10),
  matrix: uuid(1, 11),
  /** The API fails for these: run page, events, session. */
  failing: uuid(1, 500),
  eventsFailing: uuid(1, 501),
  expired: uuid(1, 401),
} as const

const OWNERS = ['acme', 'acme-platform', 'acme-labs', 'northwind-integration-services'] as const
const NOUNS = [
  'checkout',
  'billing',
  'ledger',
  'identity',
  'search',
  'catalogue',
  'shipping',
  'pricing',
  'notifications',
  'gateway',
  'warehouse',
  'returns',
  'loyalty',
  'fraud',
  'media',
] as const
const SHAPES = [
  'service',
  'api',
  'worker',
  'web',
  'ios',
  'android',
  'infrastructure',
  'charts',
  'sdk-typescript',
  'sdk-python',
  'load-tests',
  'documentation',
  'integration-tests-for-legacy-partners',
  'operator',
  'proxy',
  'schemas',
  'jobs',
  'admin',
  'exporter',
  'migrations',
] as const
const ACTORS = ['mira-k', 'jonas', 'dependabot[bot]', 'renovate[bot]', 'a.okafor', 'wei-zhang', 'priya-n', 'octo-release[bot]'] as const
const WORKFLOWS = ['CI', 'Build and test', 'Release', 'CodeQL', 'Nightly', 'Deploy to staging (blue/green, all regions)'] as const
const REFS = [
  'refs/heads/main',
  'refs/heads/main',
  'refs/heads/feature/multi-currency-settlement-with-partner-banks',
  'refs/pull/1482/merge',
  'refs/heads/renovate/npm-lodash-4.x',
  'refs/tags/v2.18.0',
] as const

export const REPOSITORIES: readonly string[] = NOUNS.flatMap((noun, index) =>
  SHAPES.map((shape, at) => `${OWNERS[(index + at) % OWNERS.length] ?? 'acme'}/${noun}-${shape}`),
)

const MINUTE = 60_000_000

/** @param now Microseconds: the mock's history ends here, its live run goes on from here. */
export function createWorld(now: number, clock: () => number): ReadonlyMap<string, MockRun> {
  const runs = new Map<string, MockRun>()
  const add = (run: Run, records: () => readonly Recorder[], more: Partial<RunSummary> = {}): void => {
    runs.set(run.id, finished(run, records, more))
  }
  runs.set(NAMED_RUNS.live, liveRun(named(NAMED_RUNS.live, 'acme/checkout-web', { number: 98, actor: 'jonas' }), now - 25_000_000, clock))
  add(named(NAMED_RUNS.story, 'acme/checkout-service'), () => [
    demonstration(named(NAMED_RUNS.story, 'acme/checkout-service'), 1, now - 4 * MINUTE),
  ])
  const engine = named(NAMED_RUNS.big, 'acme-platform/search-operator', { workflow: 'Nightly', event: 'schedule', number: 1_207 })
  add(engine, () => [compilation(engine, 3, now - 31 * MINUTE, 100_000)])
  const degraded = named(NAMED_RUNS.degraded, 'acme/billing-proxy', { ref: 'refs/pull/88/merge', event: 'pull_request', actor: 'a.okafor' })
  add(degraded, () => [
    lossy(
      ordinary(degraded, 4, now - 44 * MINUTE, {
        capture: {
          mode: 'degraded',
          reasons: ['The kernel has no BTF, so file events come from a reduced set of hooks.', 'io_uring is not covered on this kernel.'],
        },
      }),
    ),
  ])
  const replayed = named(NAMED_RUNS.replayed, 'gatehouse/demonstration', { workflow: 'Demonstration', number: 1, actor: 'demo' })
  add(replayed, () => [demonstration(replayed, 5, now - 52 * MINUTE, { capture: { mode: 'full', reasons: [], replayed: true } })])
  const nasty = named(NAMED_RUNS.hostile, 'acme/returns-web', {
    workflow: 'CI </script><b>x</b>',
    ref: 'refs/heads/\u202Eniam',
    actor: 'evil\u0000actor',
  })
  add(nasty, () => [hostile(nasty, 6, now - 63 * MINUTE)])
  const tampered = named(NAMED_RUNS.tampered, 'acme-labs/fraud-worker', { actor: 'wei-zhang' })
  add(tampered, () => [tamperedJob(ordinary(tampered, 7, now - 71 * MINUTE))])
  const command: Run = { id: NAMED_RUNS.command }
  add(command, () => [commandJob(command, now - 95 * MINUTE)])
  const empty = named(NAMED_RUNS.empty, 'acme/media-documentation', { workflow: 'Docs' })
  add(empty, () => [
    new Recorder(
      newJob(empty, 9, now - 99 * MINUTE, {
        capture: { mode: 'none', reasons: ['The agent had no permission to load eBPF programs (not root).'] },
      }),
    )
      .wait(4_000)
      .finish(0, 'degraded'),
  ])
  const lost = named(NAMED_RUNS.lost, 'acme/warehouse-jobs', { actor: 'renovate[bot]' })
  add(lost, () => [withoutEnd(ordinary(lost, 10, now - 140 * MINUTE))], { state: 'lost' })
  const matrix = named(NAMED_RUNS.matrix, 'acme/pricing-sdk-typescript', { workflow: 'Build and test', number: 77 })
  add(matrix, () =>
    ['20', '22', '24'].map((version, index) =>
      ordinary(matrix, 20 + index, now - 150 * MINUTE + index * 2_000_000, { name: `test (node ${version}, ubuntu-24.04)` }),
    ),
  )
  for (const id of [NAMED_RUNS.failing, NAMED_RUNS.eventsFailing]) {
    const run = named(id, 'acme/gateway-api', { workflow: 'Fails on purpose' })
    add(run, () => [ordinary(run, id === NAMED_RUNS.failing ? 30 : 31, now - 160 * MINUTE)])
  }

  const choose = random(2026)
  REPOSITORIES.forEach((repository, index) => {
    for (let again = 0; again < (index % 3 === 0 ? 2 : 1); again += 1) {
      const number = 1_000 + index * 2 + again
      const workflow = choose.pick(WORKFLOWS)
      const ref = choose.pick(REFS)
      const run = named(uuid(2, number), repository, {
        workflow,
        ref,
        actor: choose.pick(ACTORS),
        number: choose.between(3, 4_000),
        event: ref.includes('pull') ? 'pull_request' : 'push',
      })
      const startedAt = now - (170 + index * 23 + again * 11) * MINUTE
      const steals = index % 97 === 40
      add(run, () => [(steals ? demonstration : ordinary)(run, number, startedAt, { name: choose.pick(['test', 'build', 'lint']) })])
    }
  })
  return runs
}

function named(id: string, repository: string, more: Partial<Run> = {}): Run {
  return {
    id,
    repository,
    workflow: 'CI',
    workflowRef: `${repository}/.github/workflows/ci.yml@refs/heads/main`,
    number: 412,
    githubId: '11840027345',
    attempt: 1,
    event: 'push',
    ref: 'refs/heads/main',
    sha: 'a13f0c2be4d75190ac3f28d61be90c4457fe21aa',
    actor: 'mira-k',
    ...more,
  }
}

/** Built when asked for and built again the next time: the same every time, and nothing is kept. The big one is worth keeping. */
function finished(run: Run, records: () => readonly Recorder[], more: Partial<RunSummary>): MockRun {
  let summary: RunSummary | undefined
  let kept: readonly Recorder[] | undefined
  let jobs: ReadonlySet<string> = new Set()
  const get = (): readonly Recorder[] => {
    kept ??= records()
    return kept
  }
  const summarise = (): RunSummary => {
    if (summary === undefined) {
      summary = {
        ...summaryOf(
          run,
          get().map((record) => record.detail()),
        ),
        ...more,
      }
      jobs = new Set(get().map((record) => record.job.id))
      kept = undefined
    }
    return summary
  }
  return {
    live: false,
    summary: summarise,
    detail: () => ({ run: summarise(), jobs: get().map((record) => record.detail(more.state)) }),
    events: (job) => {
      summarise()
      return jobs.has(job) ? get().find((record) => record.job.id === job)?.events : undefined
    },
  }
}

export function summaryOf(run: Run, jobs: readonly JobDetail[]): RunSummary {
  const counts = { events: 0, processes: 0, destinations: 0, files: 0, findings: 0, lost: 0 }
  for (const { summary } of jobs) {
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += summary.counts[key]
  }
  const order = ['info', 'low', 'medium', 'high', 'critical'] as const
  const worst = Math.max(-1, ...jobs.map(({ summary }) => (summary.severity === undefined ? -1 : order.indexOf(summary.severity))))
  const severity = order[worst]
  const ends = jobs.map(({ summary }) => summary.end).filter((end) => end !== undefined)
  const done = ends.length === jobs.length
  const verdicts = new Set(ends.map((end) => end.verdict))
  const verdict = verdicts.has('tampered') ? 'tampered' : verdicts.has('degraded') ? 'degraded' : 'complete'
  const modes = new Set(jobs.map(({ summary }) => summary.job.capture.mode))
  return {
    run,
    state: done ? 'finished' : 'running',
    ...(done
      ? { verdict, finishedAt: Math.max(...ends.map((end) => end.finishedAt)), exitCode: Math.max(...ends.map((end) => end.exitCode)) }
      : {}),
    startedAt: Math.min(...jobs.map(({ summary }) => summary.job.startedAt)),
    jobs: jobs.map(({ summary }) => summary.job.name),
    counts,
    ...(severity === undefined ? {} : { severity }),
    replayed: jobs.some(({ summary }) => summary.job.capture.replayed === true),
    captureMode: modes.has('none') ? 'none' : modes.has('degraded') ? 'degraded' : 'full',
  }
}

/** A run that happens while one looks: its record exists already and is shown as far as the clock has come. */
function liveRun(run: Run, startedAt: number, clock: () => number): MockRun {
  const record = demonstration(run, 2, startedAt)
  const worker = 1
  const step = record.step({ name: 'npm run test:browser -- --shard=1/1' })
  const root = record.spawn(worker, step, ['/usr/bin/bash', '-e', '/home/runner/work/_temp/browser.sh'])
  record.at = Math.max(record.at, startedAt + 20_000_000)
  for (let round = 0; round < 600; round += 1) {
    const test = record.spawn(root, step, ['node', './test/browser.js', `--case=${round}`], { takesMs: 300 })
    if (round % 4 === 0) record.visit(test, 'pages.example.test', `198.51.100.${40 + (round % 9)}`, { sent: 700 + round, received: 12_000 })
    record.file(test, 'create', `/home/runner/work/checkout-web/checkout-web/reports/case-${round}.xml`).wait(700).exit(test)
  }
  record.exit(root).endStep(step).finish(0)

  const detail = (): JobDetail => {
    const now = clock()
    const whole = record.detail()
    if (now >= record.at) return whole
    const seen = visibleEvents()
    const endpoints = new Set(seen.map((event) => (event.kind === 'network' ? `${event.ip}:${event.port}` : '')))
    const findings = whole.findings.filter((finding) => finding.time <= now)
    const { end: _end, severity: _severity, ...summary } = whole.summary
    return {
      ...whole,
      findings,
      steps: whole.steps
        .filter((each) => each.startedAt <= now)
        // oxlint-disable-next-line oxc/no-map-spread -- the recorded steps must stay as they are
        .map((each) => {
          const { finishedAt, exitCode, ...open } = each
          return finishedAt !== undefined && finishedAt <= now ? { ...open, finishedAt, exitCode: exitCode ?? 0 } : open
        }),
      summary: {
        ...summary,
        state: 'running',
        seenAt: now,
        ...(findings.length > 0 ? { severity: 'critical' as const } : {}),
        counts: {
          ...whole.summary.counts,
          events: seen.length,
          processes: seen.filter((event) => event.kind === 'process' && event.op === 'start').length,
          destinations: endpoints.size - 1,
          files: seen.filter((event) => event.kind === 'file' && event.op === 'create').length,
          findings: findings.length,
        },
      },
    }
  }
  const visibleEvents = (): readonly Event[] => {
    const now = clock()
    let low = 0
    let high = record.events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((record.events[middle]?.time ?? 0) <= now) low = middle + 1
      else high = middle
    }
    return record.events.slice(0, low)
  }
  const summary = (): RunSummary => summaryOf(run, [detail()])
  return {
    live: true,
    summary,
    detail: () => ({ run: summary(), jobs: [detail()] }),
    events: (job) => (job === record.job.id ? visibleEvents() : undefined),
  }
}

function lossy(record: Recorder): Recorder {
  record.push({ kind: 'loss', op: 'ring-full', process: 1, type: 'open', count: 1_873 })
  return record.finish(0, 'degraded')
}

function tamperedJob(record: Recorder): Recorder {
  const shell = record.spawn(1, 3, ['sudo', 'kill', '-STOP', '1843'], { uid: 0 })
  record.exit(shell)
  record.push({ kind: 'system', op: 'bpf', process: shell, detail: 'BPF_PROG_DETACH', result: -1 })
  record.find({
    detection: 'agent-tampering',
    title: 'A step tried to stop the agent',
    message: 'sudo ran `kill -STOP` on the agent and bpf() was asked to detach one of its programs. The kernel refused the second.',
    severity: 'high',
    confidence: 'high',
    catalogue: ['R21'],
    attack: ['T1562.001'],
    events: [record.lastSeq],
    evidence: { target: 'gatehouse-agent', pid: 1_843 },
    remedy: 'Do not trust this record after that moment. Remove sudo from the runner.',
  })
  return record.finish(0, 'tampered', ['The agent was stopped for 2.4 s.'])
}

function withoutEnd(record: Recorder): Recorder {
  record.end = undefined
  return record
}

function commandJob(run: Run, startedAt: number): Recorder {
  const record = new Recorder(
    newJob(run, 8, startedAt, {
      name: './configure --prefix=/usr/local && make -j4',
      command: ['sh', '-c', './configure --prefix=/usr/local && make -j4'],
      cwd: '/home/mira/src/zlib-1.3.1',
    }),
  )
  const step = record.step({ name: 'run', kind: 'command' })
  const shell = record.spawn(0, step, ['sh', '-c', './configure --prefix=/usr/local && make -j4'], { cwd: '/home/mira/src/zlib-1.3.1' })
  for (const unit of ['adler32', 'crc32', 'deflate', 'infback', 'inffast', 'inflate', 'trees']) {
    const gcc = record.spawn(shell, step, ['gcc', '-O3', '-c', '-o', `${unit}.o`, `${unit}.c`], { takesMs: 60 })
    record.file(gcc, 'create', `/home/mira/src/zlib-1.3.1/${unit}.o`).exit(gcc)
  }
  record.exit(shell).endStep(step)
  return record.finish(0)
}
