/* What of a batch is taken: repetitions are recognised, contradictions refused, foreign and repeated records left out. */
import type { BatchAnswer, Finding, Job, JobEnd, Rejection, Step } from '@gatehouse/schema'
import { REJECTIONS_SHOWN } from '@gatehouse/schema/validate'
import type { Context } from '../context.ts'
import { factsOf, type Facts } from '../events/facts.ts'
import { rowHead, toRow, type RowContext } from '../events/row.ts'
import { AppError } from '../problem.ts'
import { claimJobs, findBatch, jobsOfRun, overlaps, type JobClaim } from './store.ts'
import { differs, jobKey, type Submission } from './submission.ts'

/** What a batch adds. `rows` go to the event store, the rest to the meta store. */
export interface Admitted {
  readonly kind: 'admitted'
  readonly submission: Submission
  readonly rows: readonly string[]
  readonly facts: Facts
  readonly steps: readonly Step[]
  readonly findings: readonly Finding[]
  readonly job?: Job
  readonly end?: JobEnd
  readonly seqFirst: number
  readonly seqLast: number
  readonly answer: BatchAnswer
}

export type Outcome =
  | Admitted
  | { readonly kind: 'known'; readonly answer: BatchAnswer }
  | { readonly kind: 'error'; readonly error: AppError }

/** Most jobs of a run and findings of a job; more is an attack or a mistake, and would not be looked at. */
const JOBS_PER_RUN_MAX = 256
const FINDINGS_PER_JOB_MAX = 50_000

/** What earlier batches of the same group decided, which the meta store does not know yet. */
interface GroupState {
  readonly claims: ReadonlyMap<string, JobClaim>
  readonly ranges: Map<string, { readonly first: number; readonly last: number; readonly seqs: ReadonlySet<number> }[]>
  readonly newJobsOfRun: Map<string, number>
}

/** Decides about every batch of a group, in its order. New jobs are in the meta store when this returns. */
export async function admit(context: Context, group: readonly Submission[]): Promise<readonly Outcome[]> {
  const claims = await claimJobs(context.db, context.now(), group)
  const state: GroupState = { claims, ranges: new Map(), newJobsOfRun: new Map() }
  const outcomes: Outcome[] = []
  for (const submission of group) outcomes.push(await admitOne(context, state, submission))
  return outcomes
}

async function admitOne(context: Context, state: GroupState, submission: Submission): Promise<Outcome> {
  const { org, job, n, hash, batch } = submission
  const known = await findBatch(context.db, org, job, n)
  if (known !== undefined) {
    if (known.hash !== hash) return { kind: 'error', error: differs(n) }
    return { kind: 'known', answer: { ...known.answer, duplicate: true } }
  }
  const claim = state.claims.get(jobKey(org, job))
  if (claim === undefined) throw new Error('a job of the group was not claimed')
  if (claim.final !== null && n > claim.final) {
    return { kind: 'error', error: new AppError('JOB_ENDED', `batch ${claim.final} was marked as the last one of this job`) }
  }
  // Numbers are given in order, so two last batches contradict each other whatever came between.
  if (batch.header.final) claim.final ??= n

  const rejections: Rejection[] = [...batch.rejections]
  let rejected = batch.rejected
  const reject = (line: number, reason: string): void => {
    rejected++
    if (rejections.length < REJECTIONS_SHOWN) rejections.push({ line, reason })
  }

  const taken = await takenSeqs(context, state, submission)
  const owner: RowContext = { org, job, week: claim.week }
  const head = rowHead(owner)
  const seqs = new Set<number>()
  const rows: string[] = []
  const steps: Step[] = []
  const findings: Finding[] = []
  let announced: Job | undefined
  let ended: JobEnd | undefined
  for (const { line, record } of batch.records) {
    switch (record.record) {
      case 'event': {
        const { seq } = record.event
        if (seq < 1) reject(line, 'seq must be at least 1')
        else if (taken.has(seq) || seqs.has(seq)) reject(line, `seq ${seq} has been taken before`)
        else {
          seqs.add(seq)
          rows.push(toRow(head, record.event))
        }
        break
      }
      case 'step':
        steps.push(record.step)
        break
      case 'finding':
        if (claim.findings >= FINDINGS_PER_JOB_MAX) reject(line, `a job has at most ${FINDINGS_PER_JOB_MAX} findings`)
        else {
          claim.findings++
          findings.push(record.finding)
        }
        break
      case 'job': {
        const reason = await refuseJob(context, state, submission, claim, record.job)
        if (reason !== undefined) reject(line, reason)
        else if (claim.body === null) {
          claim.body = JSON.stringify(record.job)
          announced = record.job
        }
        break
      }
      case 'end':
        if (claim.end !== null && claim.end !== JSON.stringify(record.end)) reject(line, 'the job has ended before, differently')
        else if (claim.end === null) {
          claim.end = JSON.stringify(record.end)
          ended = record.end
        }
        break
    }
  }

  const bounds = boundsOf(seqs)
  if (seqs.size > 0) {
    const ranges = state.ranges.get(jobKey(org, job)) ?? []
    state.ranges.set(jobKey(org, job), [...ranges, { ...bounds, seqs }])
  }
  rejections.sort((a, b) => a.line - b.line)
  const accepted = batch.header.count - rejected
  const answer: BatchAnswer = { acked: n, accepted, rejected, rejections, duplicate: false }
  return {
    kind: 'admitted',
    submission,
    rows,
    facts: factsOf(owner, { ...(announced === undefined ? {} : { job: announced }), steps, findings }),
    steps,
    findings,
    ...(announced === undefined ? {} : { job: announced }),
    ...(ended === undefined ? {} : { end: ended }),
    seqFirst: bounds.first,
    seqLast: bounds.last,
    answer,
  }
}

/**
 * Seqs of the batch that an earlier batch holds. The first one to say something about a seq is believed: who takes over a job later
 * must not be able to rewrite what it did before. The store is only asked when the ranges of batches overlap, which they never do
 * for an honest agent.
 */
async function takenSeqs(context: Context, state: GroupState, submission: Submission): Promise<ReadonlySet<number>> {
  const { org, job, batch } = submission
  const seqs = batch.records.flatMap(({ record }) => (record.record === 'event' ? [record.event.seq] : []))
  if (seqs.length === 0) return new Set()
  const { first, last } = boundsOf(new Set(seqs))
  const taken = new Set<number>()
  for (const range of state.ranges.get(jobKey(org, job)) ?? []) {
    if (range.first <= last && range.last >= first) for (const seq of range.seqs) taken.add(seq)
  }
  if (await overlaps(context.db, org, job, first, last)) for (const seq of await context.store.seqs(org, job, seqs)) taken.add(seq)
  return taken
}

async function refuseJob(
  context: Context,
  state: GroupState,
  submission: Submission,
  claim: JobClaim,
  job: Job,
): Promise<string | undefined> {
  if (job.id !== submission.job) return 'announces another job than the batch belongs to'
  if (claim.body !== null) return claim.body === JSON.stringify(job) ? undefined : 'the job has been announced before, differently'
  const key = jobKey(submission.org, job.run.id)
  const others = (state.newJobsOfRun.get(key) ?? 0) + (await jobsOfRun(context.db, submission.org, job.run.id))
  if (others >= JOBS_PER_RUN_MAX) return `a run has at most ${JOBS_PER_RUN_MAX} jobs`
  state.newJobsOfRun.set(key, (state.newJobsOfRun.get(key) ?? 0) + 1)
  return undefined
}

function boundsOf(seqs: ReadonlySet<number>): { readonly first: number; readonly last: number } {
  let first = Number.MAX_SAFE_INTEGER
  let last = 0
  for (const seq of seqs) {
    if (seq < first) first = seq
    if (seq > last) last = seq
  }
  return seqs.size === 0 ? { first: 0, last: 0 } : { first, last }
}
