/*
 * Group commit. Batches that arrive together become one block of the event store and one transaction of the meta store, because each
 * costs a flush to disk. Order, so that a crash at any point loses nothing acknowledged and doubles nothing:
 *
 *   1. admit   decide what is taken; remember new jobs (their week fixes the partition of their events)
 *   2. insert  events into the event store, on disk when it returns; writing an event again replaces it by itself
 *   3. record  batches, steps, findings, ends into the meta store, one transaction; only now is a batch known as taken
 *   4. answer
 *
 * A crash before 3 leaves events without a batch: the agent sends it again and they become themselves. One group is in flight at a
 * time, so what 1 read still holds in 3.
 */
import type { BatchAnswer } from '@gatehouse/schema'
import type { Context } from '../context.ts'
import { AppError } from '../problem.ts'
import { admit, type Admitted } from './admit.ts'
import { insertWithRetry } from './insert.ts'
import { record, type Recorder } from './record.ts'
import { differs, type Submission } from './submission.ts'

export interface Committer {
  /** Takes a place in the queue or throws BUSY; call the result when done. Bounds the memory of everything that follows. */
  readonly reserve: () => () => void
  /** Takes this many bytes of what inflated batches may take together or throws BUSY; call the result when done. */
  readonly hold: (bytes: number) => () => void
  /** Resolves when the batch is durable. */
  readonly submit: (submission: Submission) => Promise<BatchAnswer>
  /** Waits for what is in flight; later submissions are refused. */
  readonly close: () => Promise<void>
}

/** How long the first batch of a group waits for company, in milliseconds. */
const GROUP_DELAY_MS = 20
/** Largest group, in records: as large as a block of the store should be. */
const GROUP_RECORDS_MAX = 100_000
/** Largest group in bytes of inflated text, beyond its first batch: the engine parses a statement as a whole. */
const GROUP_BYTES_MAX = 25_165_824
/** Batches between arrival and answer. */
const IN_FLIGHT_MAX = 64
/** Inflated text of them in bytes; decoded it takes about five times as much. A batch is 0.5 MiB as a rule and 8 MiB at most. */
const INFLATED_BYTES_MAX = 67_108_864

interface Waiting {
  readonly submission: Submission
  readonly resolve: (answer: BatchAnswer) => void
  readonly reject: (error: unknown) => void
}

export function committer(context: Context, recorder: Recorder): Committer {
  const inFlight = new Map<string, { readonly hash: string; readonly answer: Promise<BatchAnswer> }>()
  let queue: Waiting[] = []
  let running: Promise<void> | undefined
  let reserved = 0
  let held = 0
  let closed = false

  async function run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GROUP_DELAY_MS))
    // Also what arrives while a group is being written.
    while (queue.length > 0) {
      const group = takeGroup()
      await commitGroup(context, recorder, group).catch((error: unknown) => {
        for (const waiting of group) waiting.reject(error)
      })
    }
    running = undefined
  }

  function takeGroup(): Waiting[] {
    let records = 0
    let bytes = 0
    let size = 0
    for (const { submission } of queue) {
      records += submission.batch.records.length
      bytes += submission.bytes
      if (size > 0 && (records > GROUP_RECORDS_MAX || bytes > GROUP_BYTES_MAX)) break
      size++
    }
    const group = queue.slice(0, size)
    queue = queue.slice(size)
    return group
  }

  return {
    reserve() {
      if (closed) throw new AppError('STORE_DOWN', 'the server is stopping')
      if (reserved >= IN_FLIGHT_MAX) throw new AppError('BUSY', 'too many batches are being taken; send it again in a second')
      reserved++
      return () => void reserved--
    },

    hold(bytes) {
      if (held + bytes > INFLATED_BYTES_MAX) throw new AppError('BUSY', 'too much is being taken; send it again in a second')
      held += bytes
      return () => void (held -= bytes)
    },

    async submit(submission) {
      const key = `${submission.org} ${submission.job} ${submission.n}`
      const same = inFlight.get(key)
      if (same !== undefined) {
        if (same.hash !== submission.hash) throw differs(submission.n)
        return { ...(await same.answer), duplicate: true }
      }
      const answer = new Promise<BatchAnswer>((resolve, reject) => queue.push({ submission, resolve, reject }))
      inFlight.set(key, { hash: submission.hash, answer })
      running ??= run()
      try {
        return await answer
      } finally {
        inFlight.delete(key)
      }
    },

    async close() {
      closed = true
      await running
    },
  }
}

async function commitGroup(context: Context, recorder: Recorder, group: readonly Waiting[]): Promise<void> {
  const outcomes = await admit(
    context,
    group.map((waiting) => waiting.submission),
  )
  const taken: { readonly waiting: Waiting; readonly admitted: Admitted }[] = []
  for (const [index, waiting] of group.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined) throw new Error('admit answered for too few batches')
    if (outcome.kind === 'error') waiting.reject(outcome.error)
    else if (outcome.kind === 'known') waiting.resolve(outcome.answer)
    else taken.push({ waiting, admitted: outcome })
  }
  const stored = await insertWithRetry(
    context,
    taken.map(({ admitted }) => admitted),
  )
  const durable: typeof taken = []
  for (const [index, entry] of taken.entries()) {
    const error = stored[index]
    if (error === undefined) durable.push(entry)
    else entry.waiting.reject(error)
  }
  await record(
    context,
    recorder,
    durable.map(({ admitted }) => admitted),
  )
  for (const { waiting, admitted } of durable) waiting.resolve(admitted.answer)
}
