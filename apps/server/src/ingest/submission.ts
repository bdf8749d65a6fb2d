import type { DecodedBatch } from '@gatehouse/schema/validate'
import { AppError } from '../problem.ts'

/** A decoded batch and whose it is. */
export interface Submission {
  readonly org: number
  readonly job: string
  readonly n: number
  /** SHA-256 of its content: tells a repetition from a contradiction. */
  readonly hash: string
  /** Length of its inflated text. */
  readonly bytes: number
  readonly batch: DecodedBatch
}

/** The error for content that contradicts what was taken under the same number. */
export function differs(n: number): AppError {
  return new AppError('BATCH_DIFFERS', `batch ${n} of this job was taken with other content; a batch that is sent again must be the same`)
}

/** Key of a job, or of a run, within all organizations. */
export function jobKey(org: number, id: string): string {
  return `${org} ${id}`
}
