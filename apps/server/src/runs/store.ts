/* Runs and jobs as readers see them. The organization comes right after the database, so that a query cannot forget it. */
import { sql, type Selectable } from 'kysely'
import type {
  Job,
  JobDetail,
  JobEnd,
  JobSummary,
  RunDetail,
  RunPage,
  RunQuery,
  RunState,
  RunSummary,
  Severity,
  Verdict,
} from '@gatehouse/schema'
import type { Queryable } from '../meta/database.ts'
import type { JobTable, RunTable } from '../meta/tables.ts'
import { AppError } from '../problem.ts'
import type { NumberedChange } from '../stream/changes.ts'

const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
const VERDICTS: readonly Verdict[] = ['complete', 'degraded', 'tampered']
const CAPTURES: readonly Job['capture']['mode'][] = ['full', 'degraded', 'none']
const STATES: readonly RunState[] = ['finished', 'lost', 'running']

const RUNS_DEFAULT = 50
const JOBS_MAX = 256
const STEPS_MAX = 4_096
const FINDINGS_MAX = 10_000

/** Place of a severity in the order of badness, as stored. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}

/**
 * Runs, newest first. The order is that of their first announcement to this server and never changes, so paging neither repeats nor
 * skips a run while new ones arrive.
 *
 * @throws {AppError} REQUEST_INVALID when `before` is not a cursor of ours.
 */
export async function listRuns(db: Queryable, org: number, query: RunQuery): Promise<RunPage> {
  const limit = query.limit ?? RUNS_DEFAULT
  let select = db.selectFrom('run').selectAll().where('run.org', '=', org)
  const cursor = readCursor(query.before)
  if (cursor !== undefined) select = select.where(sql<boolean>`(run.created_at, run.id) < (${cursor.createdAt}, ${cursor.id})`)
  if (query.search !== undefined) select = select.where(sql<boolean>`instr(run.search, ${query.search.toLowerCase()}) > 0`)
  if (query.state !== undefined) select = select.where(inState(query.state))

  // One run more than asked tells whether there is a next page without counting.
  const rows = await select
    .orderBy('run.created_at', 'desc')
    .orderBy('run.id', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const jobs = await jobsOf(
    db,
    org,
    page.map((run) => run.id),
  )
  const items = page.map((run) => summarize(run, jobs.get(run.id) ?? []))
  const last = page.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: `${last.created_at}_${last.id}` } : { items }
}

/** One run with everything but its events, or undefined when the organization has no such run. */
export async function readRun(db: Queryable, org: number, id: string): Promise<RunDetail | undefined> {
  const run = await db.selectFrom('run').selectAll().where('org', '=', org).where('id', '=', id).executeTakeFirst()
  if (run === undefined) return undefined
  const jobs = (await jobsOf(db, org, [id])).get(id) ?? []
  const details: JobDetail[] = []
  for (const job of jobs) details.push(await detail(db, org, job))
  return { run: summarize(run, jobs), jobs: details }
}

/** Whether the organization has the job. */
export async function hasJob(db: Queryable, org: number, job: string): Promise<boolean> {
  const row = await db.selectFrom('job').select('id').where('org', '=', org).where('id', '=', job).executeTakeFirst()
  return row !== undefined
}

/** The last change of a job; undefined until the job has been announced. */
export async function changeOf(db: Queryable, org: number, job: string): Promise<NumberedChange | undefined> {
  const row = await db.selectFrom('job').select(CHANGE_COLUMNS).where('org', '=', org).where('id', '=', job).executeTakeFirst()
  return row === undefined ? undefined : toChange(row)
}

/** Changes after the one numbered `after`, at most `limit`, in order. Of a job that changed often, only the last is left. */
export async function changesAfter(db: Queryable, org: number, after: number, limit: number): Promise<readonly NumberedChange[]> {
  const rows = await db
    .selectFrom('job')
    .select(CHANGE_COLUMNS)
    .where('org', '=', org)
    .where('change', '>', after)
    .where('run', 'is not', null)
    .orderBy('change')
    .limit(limit)
    .execute()
  return rows.flatMap((row) => toChange(row) ?? [])
}

/** Marks running jobs that were last heard of before `cutoff` as lost; returns whose they are. */
export async function markLost(
  db: Queryable,
  cutoff: number,
  nextChange: () => number,
): Promise<readonly { readonly org: number; readonly id: string }[]> {
  const silent = await db.selectFrom('job').select(['org', 'id']).where('state', '=', 'running').where('seen_at', '<', cutoff).execute()
  for (const { org, id } of silent) {
    await db
      .updateTable('job')
      .set({ state: 'lost', change: nextChange() })
      .where('org', '=', org)
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('seen_at', '<', cutoff)
      .execute()
  }
  return silent
}

const CHANGE_COLUMNS = ['id', 'run', 'seq_last', 'state', 'change'] as const

function toChange(row: Pick<Selectable<JobTable>, (typeof CHANGE_COLUMNS)[number]>): NumberedChange | undefined {
  if (row.run === null) return undefined
  return { id: row.change, change: { run: row.run, job: row.id, seq: row.seq_last, state: row.state } }
}

async function jobsOf(db: Queryable, org: number, runs: readonly string[]): Promise<ReadonlyMap<string, readonly KnownJob[]>> {
  const jobs = new Map<string, KnownJob[]>()
  if (runs.length === 0) return jobs
  const rows = await db
    .selectFrom('job')
    .selectAll()
    .where('org', '=', org)
    .where('run', 'in', runs)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  for (const row of rows) {
    if (row.run === null || row.body === null) continue
    const list = jobs.get(row.run) ?? []
    jobs.set(row.run, list)
    // Bodies were validated before they were stored.
    if (list.length < JOBS_MAX) list.push({ row, job: JSON.parse(row.body), ...(row.end === null ? {} : { end: JSON.parse(row.end) }) })
  }
  return jobs
}

interface KnownJob {
  readonly row: Selectable<JobTable>
  readonly job: Job
  readonly end?: JobEnd
}

async function detail(db: Queryable, org: number, known: KnownJob): Promise<JobDetail> {
  const job = known.row.id
  const steps = await db
    .selectFrom('step')
    .select('body')
    .where('org', '=', org)
    .where('job', '=', job)
    .orderBy('number')
    .limit(STEPS_MAX)
    .execute()
  const findings = await db
    .selectFrom('finding')
    .select('body')
    .where('org', '=', org)
    .where('job', '=', job)
    .orderBy('time')
    .orderBy('id')
    .limit(FINDINGS_MAX)
    .execute()
  return {
    summary: summarizeJob(known),
    steps: steps.map((row) => JSON.parse(row.body)),
    findings: findings.map((row) => JSON.parse(row.body)),
    findingsOmitted: Math.max(0, known.row.findings - findings.length),
  }
}

function summarizeJob({ row, job, end }: KnownJob): JobSummary {
  const missing = row.batch_last - row.batches
  return {
    job,
    state: row.state,
    ...(end === undefined ? {} : { end }),
    counts: countsOf({ row, job, ...(end === undefined ? {} : { end }) }),
    ...severityOf(row.severity),
    seenAt: row.seen_at,
    ...(missing > 0 ? { missingBatches: missing } : {}),
    ...(row.rejected > 0 ? { rejectedRecords: row.rejected } : {}),
  }
}

function summarize(run: Selectable<RunTable>, jobs: readonly KnownJob[]): RunSummary {
  const ends = jobs.flatMap(({ end }) => end ?? [])
  const state =
    worst(
      STATES,
      jobs.map(({ row }) => row.state),
    ) ?? 'running'
  const counts = jobs.map(countsOf)
  const verdict = worst(
    VERDICTS,
    ends.map((end) => end.verdict),
  )
  const severities = jobs.flatMap(({ row }) => row.severity ?? [])
  return {
    run: JSON.parse(run.body),
    state,
    ...(verdict === undefined ? {} : { verdict }),
    startedAt: Math.min(...jobs.map(({ job }) => job.startedAt), ...(jobs.length === 0 ? [run.created_at] : [])),
    ...(state === 'finished' && ends.length > 0 ? { finishedAt: Math.max(...ends.map((end) => end.finishedAt)) } : {}),
    ...(ends.length > 0 ? { exitCode: Math.max(...ends.map((end) => end.exitCode)) } : {}),
    jobs: jobs.map(({ job }) => job.name),
    counts: {
      events: total(counts, 'events'),
      processes: total(counts, 'processes'),
      destinations: total(counts, 'destinations'),
      files: total(counts, 'files'),
      findings: total(counts, 'findings'),
      lost: total(counts, 'lost'),
    },
    ...severityOf(severities.length === 0 ? null : Math.max(...severities)),
    replayed: jobs.some(({ job }) => job.capture.replayed === true),
    captureMode:
      worst(
        CAPTURES,
        jobs.map(({ job }) => job.capture.mode),
      ) ?? 'none',
  }
}

/** What was lost is what the agent's accounting says, or what its events said so far when that is more. */
function countsOf({ row, end }: KnownJob): JobSummary['counts'] {
  const accounted = (end?.accounting ?? []).reduce((sum, entry) => sum + entry.lost, 0)
  const { events, processes, destinations, files, findings } = row
  return { events, processes, destinations, files, findings, lost: Math.max(row.lost, accounted) }
}

function total(counts: readonly JobSummary['counts'][], field: keyof JobSummary['counts']): number {
  return counts.reduce((sum, count) => sum + count[field], 0)
}

function severityOf(rank: number | null): { readonly severity?: Severity } {
  const severity = rank === null ? undefined : SEVERITIES[rank]
  return severity === undefined ? {} : { severity }
}

/** The value that comes last in `order`. */
function worst<T>(order: readonly T[], values: readonly T[]): T | undefined {
  const index = Math.max(-1, ...values.map((value) => order.indexOf(value)))
  return order[index]
}

function has(state: RunState) {
  return sql<boolean>`EXISTS (SELECT 1 FROM job WHERE job.org = run.org AND job.run = run.id AND job.state = ${state})`
}

function inState(state: RunState) {
  if (state === 'running') return has('running')
  if (state === 'lost') return sql<boolean>`${has('lost')} AND NOT ${has('running')}`
  return sql<boolean>`${has('finished')} AND NOT ${has('running')} AND NOT ${has('lost')}`
}

function readCursor(before: string | undefined): { readonly createdAt: number; readonly id: string } | undefined {
  if (before === undefined) return undefined
  const match = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(before)
  if (match === null) throw new AppError('REQUEST_INVALID', '`before` is the `next` of an earlier page')
  return { createdAt: Number(match[1]), id: match[2] ?? '' }
}
