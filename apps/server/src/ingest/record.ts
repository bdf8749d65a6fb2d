/* Writes down what a group brought, in one transaction, and keeps the totals that only the event store knows up to date. */
import { sql } from 'kysely'
import type { Finding, Job, Step } from '@gatehouse/schema'
import type { Context } from '../context.ts'
import type { Queryable } from '../meta/database.ts'
import { changeOf, severityRank } from '../runs/store.ts'
import type { Admitted } from './admit.ts'
import { jobKey } from './submission.ts'

/** Numbers changes and recounts jobs in the background. */
export interface Recorder {
  /** The next number in the order of changes. */
  readonly nextChange: () => number
  /** Recounts the job soon, then tells listeners; a job that goes on is not counted all the time, one that has ended at once. */
  readonly touch: (org: number, job: string, ended: boolean) => void
  /** Waits until everything that was touched is counted. */
  readonly close: () => Promise<void>
}

/** Writes down what was admitted; durable when this returns. */
export async function record(context: Context, recorder: Recorder, admitted: readonly Admitted[]): Promise<void> {
  if (admitted.length === 0) return
  const now = context.now()
  await context.db.transaction().execute(async (tx) => {
    for (const entry of admitted) await recordOne(tx, recorder, now, entry)
  })
  for (const { submission } of admitted) recorder.touch(submission.org, submission.job, submission.batch.header.final)
}

async function recordOne(tx: Queryable, recorder: Recorder, now: number, entry: Admitted): Promise<void> {
  const { submission, answer } = entry
  const { org, job, n, hash, batch } = submission
  await tx
    .insertInto('batch')
    .values({
      org,
      job,
      n,
      hash,
      received_at: now,
      seq_first: entry.seqFirst,
      seq_last: entry.seqLast,
      accepted: answer.accepted,
      rejected: answer.rejected,
      rejections: JSON.stringify(answer.rejections),
    })
    .execute()
  if (entry.job !== undefined) await announce(tx, org, now, entry.job)
  for (const step of entry.steps) await putStep(tx, org, job, n, step)
  for (const finding of entry.findings) await putFinding(tx, org, job, finding)

  const worst = Math.max(-1, ...entry.findings.map((finding) => severityRank(finding.severity)))
  await tx
    .updateTable('job')
    .set((e) => ({
      seen_at: now,
      batches: e('batches', '+', 1),
      batch_last: sql<number>`max(batch_last, ${n})`,
      seq_last: sql<number>`max(seq_last, ${entry.seqLast})`,
      rejected: e('rejected', '+', answer.rejected),
      unknown_fields: e('unknown_fields', '+', batch.unknownFields),
      findings: sql<number>`(SELECT count(*) FROM finding WHERE finding.org = ${org} AND finding.job = ${job})`,
      counted: 0,
      change: recorder.nextChange(),
      ...(worst < 0 ? {} : { severity: sql<number>`max(coalesce(severity, 0), ${worst})` }),
      ...(batch.header.final ? { batch_final: sql<number>`coalesce(batch_final, ${n})` } : {}),
      ...(entry.job === undefined ? {} : { run: entry.job.run.id, body: JSON.stringify(entry.job) }),
      ...(entry.end === undefined ? {} : { end: JSON.stringify(entry.end) }),
      // A job that had fallen silent and speaks again is running.
      state: sql<
        'running' | 'finished'
      >`CASE WHEN "end" IS NOT NULL OR ${entry.end === undefined ? 0 : 1} THEN 'finished' ELSE 'running' END`,
    }))
    .where('org', '=', org)
    .where('id', '=', job)
    .execute()
}

/** The first job to name a run describes it; the others add their names to what the search looks at. */
async function announce(tx: Queryable, org: number, now: number, job: Job): Promise<void> {
  const { run } = job
  const text = [run.repository, run.workflow, run.ref, run.actor, job.name].filter((part) => part !== undefined).join('\n')
  const search = text.toLowerCase()
  await tx
    .insertInto('run')
    .values({ org, id: run.id, created_at: now, body: JSON.stringify(run), search })
    .onConflict((conflict) => conflict.columns(['org', 'id']).doUpdateSet({ search: sql<string>`search || char(10) || ${search}` }))
    .execute()
}

/** A step is sent when it starts and when it ends; batches may overtake each other, so the higher number wins. */
async function putStep(tx: Queryable, org: number, job: string, n: number, step: Step): Promise<void> {
  const body = JSON.stringify(step)
  await tx
    .insertInto('step')
    .values({ org, job, number: step.number, batch: n, body })
    .onConflict((conflict) => conflict.columns(['org', 'job', 'number']).doUpdateSet({ batch: n, body }).where('step.batch', '<=', n))
    .execute()
}

async function putFinding(tx: Queryable, org: number, job: string, finding: Finding): Promise<void> {
  await tx
    .insertInto('finding')
    .values({ org, job, id: finding.id, time: finding.time, severity: severityRank(finding.severity), body: JSON.stringify(finding) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Jobs touched within this many milliseconds are counted together. */
const RECOUNT_DELAY_MS = 150
const RECOUNT_RETRY_MS = 2_000
/** Jobs counted by one query. */
const RECOUNT_GROUP = 200

/** A job is counted again after this long at the earliest, in milliseconds, and the later the more events it has. */
const RECOUNT_INTERVAL_MS = 2_000
const RECOUNT_INTERVAL_PER_EVENT_MS = 0.05

/** Starts the recorder; jobs that a crash left uncounted are counted at once. */
export async function startRecorder(context: Context): Promise<Recorder> {
  const { rows } = await sql<{ last: number }>`SELECT coalesce(max(change), 0) AS last FROM job`.execute(context.db)
  let change = rows[0]?.last ?? 0
  // By organization, when each job may be counted: however many batches a job sends, it waits once.
  const waiting = new Map<number, Map<string, number>>()
  /** Until when jobs that were counted lately need not be counted again. */
  const counted = new Map<string, number>()
  let running: Promise<void> | undefined
  let closed = false

  async function run(): Promise<void> {
    while (waiting.size > 0) {
      if (!closed) await new Promise((resolve) => setTimeout(resolve, RECOUNT_DELAY_MS))
      const now = performance.now()
      for (const [key, until] of counted) if (until < now) counted.delete(key)
      for (const [org, jobs] of waiting) {
        const due = [...jobs].filter(([, at]) => closed || at <= now).map(([job]) => job)
        for (const job of due) jobs.delete(job)
        if (jobs.size === 0) waiting.delete(org)
        for (const group of inGroups(due)) {
          await recountAndTell(context, org, group, rest).catch((error: unknown) => later(org, group, error))
        }
      }
    }
    running = undefined
  }

  function rest(org: number, job: string, events: number): void {
    counted.set(jobKey(org, job), performance.now() + Math.max(RECOUNT_INTERVAL_MS, events * RECOUNT_INTERVAL_PER_EVENT_MS))
  }

  function later(org: number, jobs: readonly string[], error: unknown): void {
    context.log.warn('totals could not be computed', { jobs: jobs.length, error: String(error).slice(0, 300) })
    if (closed) return
    setTimeout(() => {
      for (const job of jobs) touch(org, job, true)
    }, RECOUNT_RETRY_MS).unref()
  }

  function touch(org: number, job: string, ended: boolean): void {
    const jobs = waiting.get(org) ?? new Map()
    waiting.set(org, jobs)
    jobs.set(job, ended ? 0 : Math.min(jobs.get(job) ?? Number.POSITIVE_INFINITY, counted.get(jobKey(org, job)) ?? 0))
    running ??= run()
  }

  const left = await context.db.selectFrom('job').select(['org', 'id']).where('counted', '=', 0).execute()
  for (const { org, id } of left) touch(org, id, true)
  return {
    nextChange: () => ++change,
    touch,
    async close() {
      closed = true
      await running
    },
  }
}

async function recountAndTell(
  context: Context,
  org: number,
  jobs: readonly string[],
  rest: (org: number, job: string, events: number) => void,
): Promise<void> {
  const before = await context.db.selectFrom('job').select(['id', 'change']).where('org', '=', org).where('id', 'in', jobs).execute()
  const counts = await context.store.counts(org, jobs)
  await context.db.transaction().execute(async (tx) => {
    for (const { id, change } of before) {
      const count = counts.get(id) ?? { events: 0, processes: 0, destinations: 0, files: 0, lost: 0 }
      // A batch that came meanwhile has touched the job again, and its recount follows.
      await tx
        .updateTable('job')
        .set({ ...count, counted: 1 })
        .where('org', '=', org)
        .where('id', '=', id)
        .where('change', '=', change)
        .execute()
    }
  })
  for (const id of jobs) {
    rest(org, id, counts.get(id)?.events ?? 0)
    const found = await changeOf(context.db, org, id)
    if (found !== undefined) context.changes.publish(org, found)
  }
}

function inGroups(jobs: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(jobs.length / RECOUNT_GROUP) }, (_, index) =>
    jobs.slice(index * RECOUNT_GROUP, (index + 1) * RECOUNT_GROUP),
  )
}
