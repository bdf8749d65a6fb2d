import type { Context } from '../context.ts'
import { joinFacts, type Facts } from '../events/facts.ts'
import { AppError } from '../problem.ts'

/** How long a group waits for the store to come back, in milliseconds; its worker restarts in a fraction of this. */
const PATIENCE_MS = 15_000
const RETRY_DELAY_MS = 100
/** ClickHouse error codes after which the same insert may well succeed: memory limit, too many parts, timeouts. */
const PASSING_CODES: ReadonlySet<string> = new Set(['241', '252', '159', '209', '210'])

/** What a batch brings to the event store. */
interface Content {
  readonly rows: readonly string[]
  readonly facts: Facts
}

/**
 * Writes the rows of several batches in one block. A block that the store refuses is tried batch by batch, so that one poisonous batch
 * cannot keep the others out. Trying again is harmless: rows replace themselves.
 *
 * @returns Per batch, undefined when its rows are on disk, else why not.
 */
export async function insertWithRetry(context: Context, batches: readonly Content[]): Promise<readonly (AppError | undefined)[]> {
  const error = await attempt(context, { rows: batches.flatMap(({ rows }) => rows), facts: joinFacts(batches.map(({ facts }) => facts)) })
  if (error === undefined) return batches.map(() => undefined)
  if (error.code === 'STORE_DOWN' || batches.length === 1) return batches.map(() => error)

  const outcomes: (AppError | undefined)[] = []
  for (const batch of batches) outcomes.push(await attempt(context, batch))
  return outcomes
}

async function attempt(context: Context, { rows, facts }: Content): Promise<AppError | undefined> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      await context.store.insert(rows, facts)
      return undefined
    } catch (error) {
      if (refused(error)) {
        context.log.error('the event store refused a block', { rows: rows.length, error: String(error).slice(0, 500) })
        return new AppError('STORE_REFUSED', 'the event store does not take this batch; the log of the server says why')
      }
      if (performance.now() > deadline) return new AppError('STORE_DOWN', 'the event store does not answer; send the batch again later')
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS))
    }
  }
}

/** True when the store understood the statement and said no, false when it could not be reached or was out of something. */
function refused(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^\d+$/.test(code) && !PASSING_CODES.has(code)
}
