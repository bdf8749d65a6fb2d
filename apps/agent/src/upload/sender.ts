/*
 * Sends the record to a server while the job runs. Records are collected for at most a second, made into a batch, put on disk, and sent
 * one after the other. The job never waits for any of it: when the server is away batches stay on disk, when the disk is full they are
 * dropped and counted.
 */
import type { JournalRecord } from '@gatehouse/schema'
import { BATCH_LIMITS, encodeBatch } from '@gatehouse/schema/wire'
import { zstdCompressSync } from 'node:zlib'
import type { Post } from './post.ts'
import type { Spool } from './spool.ts'

export interface Sender {
  readonly add: (record: JournalRecord) => void
  /** Makes a batch of what is there and goes on sending. Call several times a second. */
  tick(): void
  /** Records that could not be kept since the last call. */
  takeDropped(): number
  /** Sends the rest, for at most `patienceMs`. Returns what became of it, in words, or undefined when the server has everything. */
  finish(patienceMs: number): Promise<string | undefined>
}

const BATCH_INTERVAL_MS = 700
/** A tenth of the server's limit: batches stay small, and compressed they are far below its other limit. */
const BATCH_LENGTH_MAX = BATCH_LIMITS.bytes / 10
const BACKOFF_MIN_MS = 200
const BACKOFF_MAX_MS = 10_000

export function createSender(options: {
  readonly job: string
  readonly agent: string
  readonly spool: Spool
  readonly post: Post
  /** Microseconds since the epoch. */
  readonly now: () => number
}): Sender {
  const { job, spool } = options
  let records: JournalRecord[] = []
  let length = 0
  let since = performance.now()
  let number = 0
  let dropped = 0
  /** Why nothing will be sent any more. */
  let refused: string | undefined
  let problem: string | undefined
  let sending: Promise<void> | undefined
  let notBefore = 0
  let backoffMs = BACKOFF_MIN_MS

  const cut = (final: boolean) => {
    if (records.length === 0 && !final) return
    const batch = records
    records = []
    length = 0
    since = performance.now()
    const text = encodeBatch({ job, n: number + 1, clock: options.now(), agent: options.agent, final }, batch)
    if (spool.put(number + 1, zstdCompressSync(text))) number++
    else dropped += batch.length
  }

  /** One attempt per waiting batch, in order, until one fails. */
  const sendWaiting = async () => {
    for (const next of spool.waiting()) {
      if (refused !== undefined) return
      try {
        const answer = await options.post(`/v1/jobs/${job}/batches/${next}`, spool.read(next))
        if (answer.status === 200 || answer.status === 201 || answer.status === 202) {
          spool.remove(next)
          problem = undefined
          backoffMs = BACKOFF_MIN_MS
          continue
        }
        problem = `the server answered ${answer.status}${reasonOf(answer.detail)}`
        if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
          refused = problem
          return
        }
        wait(answer.retryAfterS === undefined ? undefined : answer.retryAfterS * 1_000)
      } catch (error) {
        problem = error instanceof Error ? error.message || String(error) : String(error)
        wait(undefined)
      }
      return
    }
  }
  const wait = (askedMs: number | undefined) => {
    // Spread, so that many agents do not come back at the same moment.
    notBefore = performance.now() + (askedMs ?? backoffMs * (0.5 + Math.random() / 2))
    backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS)
  }
  const pump = () => {
    if (sending || refused !== undefined || performance.now() < notBefore) return
    sending = sendWaiting().finally(() => {
      sending = undefined
    })
  }

  return {
    add(record) {
      records.push(record)
      // The wire is shorter than this; measuring it exactly would mean encoding twice.
      length += record.record === 'event' ? 400 + (record.event.kind === 'process' ? (record.event.argvBytes ?? 0) * 2 : 0) : 1_000
      if (records.length >= BATCH_LIMITS.records - 1 || length >= BATCH_LENGTH_MAX) cut(false)
    },
    tick() {
      if (performance.now() - since >= BATCH_INTERVAL_MS) cut(false)
      pump()
    },
    takeDropped() {
      const count = dropped
      dropped = 0
      return count
    },
    async finish(patienceMs) {
      cut(true)
      const end = performance.now() + patienceMs
      while (spool.waiting().length > 0 && performance.now() < end) {
        if (refused !== undefined) break
        pump()
        const pause = new Promise((resolve) => setTimeout(resolve, 20))
        await (sending ? Promise.race([sending, pause]) : pause)
      }
      if (spool.close()) return undefined
      const left = spool.waiting().length
      return `${left} ${left === 1 ? 'batch was' : 'batches were'} not sent (${refused ?? problem ?? 'no time left'}). They are kept in ${spool.folder}; the next run with the same --server sends them.`
    },
  }
}

function reasonOf(detail: string): string {
  try {
    const problem: unknown = JSON.parse(detail)
    if (typeof problem === 'object' && problem !== null && 'title' in problem && typeof problem.title === 'string')
      return `: ${problem.title.slice(0, 200)}`
  } catch {
    // Not a problem document.
  }
  return ''
}
