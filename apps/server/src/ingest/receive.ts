/** Takes one batch: inflate, decode, hand to the committer, answer when it is durable. */
import type { BatchAnswer } from '@gatehouse/schema'
import { decodeBatch } from '@gatehouse/schema/validate'
import { AppError } from '../problem.ts'
import type { Committer } from './commit.ts'
import { inflate } from './inflate.ts'

export interface BatchInput {
  readonly org: number
  readonly job: string
  readonly n: number
  readonly body: Buffer
  readonly encoding: string | undefined
}

/** @throws {AppError} With the code that says what is wrong with the batch as a whole; single bad records are in the answer. */
export async function receiveBatch(committer: Committer, input: BatchInput): Promise<BatchAnswer> {
  const releases = [committer.reserve()]
  try {
    const { text, hash } = await inflate(input.body, input.encoding)
    releases.push(committer.hold(text.length))
    const result = decodeBatch(text)
    if (!result.ok) throw new AppError(result.code, result.detail)
    const { header } = result.batch
    if (header.job !== input.job) throw new AppError('BATCH_MISADDRESSED', `the header names job ${header.job}, the address another`)
    if (header.n !== input.n) throw new AppError('BATCH_MISADDRESSED', `the header says batch ${header.n}, the address ${input.n}`)
    return await committer.submit({ org: input.org, job: input.job, n: input.n, hash, bytes: text.length, batch: result.batch })
  } finally {
    for (const release of releases) release()
  }
}
