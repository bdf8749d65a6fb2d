/* Rows of `batch`, and of `job` as ingest writes them. */
import type { BatchAnswer } from '@gatehouse/schema'
import type { Database, Queryable } from '../meta/database.ts'
import type { JobTable } from '../meta/tables.ts'
import { jobKey, type Submission } from './submission.ts'

/** What ingest knows of a job while it decides about a group; changed as batches of the group add to it. */
export interface JobClaim {
  readonly week: string
  body: string | null
  end: string | null
  final: number | null
  findings: number
}

const NEW_JOB = {
  run: null,
  body: null,
  end: null,
  state: 'running',
  batch_last: 0,
  batches: 0,
  batch_final: null,
  seq_last: 0,
  rejected: 0,
  unknown_fields: 0,
  counted: 1,
  events: 0,
  processes: 0,
  destinations: 0,
  files: 0,
  findings: 0,
  lost: 0,
  severity: null,
  change: 0,
} as const satisfies Partial<JobTable>

/** What is known of every job of a group. Jobs that are new to their organization are written down at once, with their week. */
export async function claimJobs(db: Database, now: number, group: readonly Submission[]): Promise<ReadonlyMap<string, JobClaim>> {
  const claims = new Map<string, JobClaim>()
  const missing: { readonly org: number; readonly id: string }[] = []
  for (const { org, job } of group) {
    const key = jobKey(org, job)
    if (claims.has(key)) continue
    const row = await db
      .selectFrom('job')
      .select(['week', 'body', 'end', 'batch_final as final', 'findings'])
      .where('org', '=', org)
      .where('id', '=', job)
      .executeTakeFirst()
    if (row === undefined) missing.push({ org, id: job })
    claims.set(key, row === undefined ? { week: mondayOf(now), body: null, end: null, final: null, findings: 0 } : { ...row })
  }
  if (missing.length > 0) {
    await db.transaction().execute(async (tx) => {
      for (const { org, id } of missing) {
        await tx
          .insertInto('job')
          .values({ ...NEW_JOB, org, id, created_at: now, seen_at: now, week: mondayOf(now) })
          .execute()
      }
    })
  }
  return claims
}

/** The batch that was taken under this number, with the answer it got. */
export async function findBatch(
  db: Queryable,
  org: number,
  job: string,
  n: number,
): Promise<{ readonly hash: string; readonly answer: BatchAnswer } | undefined> {
  const row = await db
    .selectFrom('batch')
    .select(['hash', 'accepted', 'rejected', 'rejections'])
    .where('org', '=', org)
    .where('job', '=', job)
    .where('n', '=', n)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { hash, accepted, rejected, rejections } = row
  return { hash, answer: { acked: n, accepted, rejected, rejections: JSON.parse(rejections), duplicate: false } }
}

/** Whether some batch of the job holds events from `first` to `last`, going by the bounds of batches. */
export async function overlaps(db: Queryable, org: number, job: string, first: number, last: number): Promise<boolean> {
  const row = await db
    .selectFrom('batch')
    .select('n')
    .where('org', '=', org)
    .where('job', '=', job)
    .where('seq_first', '<=', last)
    .where('seq_last', '>=', first)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function jobsOfRun(db: Queryable, org: number, run: string): Promise<number> {
  const row = await db
    .selectFrom('job')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('org', '=', org)
    .where('run', '=', run)
    .executeTakeFirst()
  return row?.count ?? 0
}

/** YYYY-MM-DD of the Monday on or before `now` (microseconds), in UTC. */
function mondayOf(now: number): string {
  const date = new Date(now / 1_000)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}
