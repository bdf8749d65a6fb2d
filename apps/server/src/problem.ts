/* Errors a caller can act on: one table from code to HTTP problem (RFC 9457). Anything else is a 500 without details. */
import type { Problem } from '@gatehouse/schema'

const PROBLEMS = {
  REQUEST_INVALID: { status: 400, title: 'The request does not fit its description' },
  HUNT_INVALID: { status: 400, title: 'The query cannot be read' },
  HUNT_TOO_LARGE: { status: 422, title: 'The hunt is too large' },
  BATCH_MALFORMED: { status: 400, title: 'The batch cannot be read' },
  BATCH_MISADDRESSED: { status: 400, title: 'The batch does not belong to this address' },
  TOKEN_INVALID: { status: 401, title: 'A valid token is needed' },
  SESSION_NEEDED: { status: 401, title: 'Signing in is needed' },
  CODE_INVALID: { status: 401, title: 'The sign-in link is not valid, or no longer' },
  ORIGIN_REFUSED: { status: 403, title: 'Requests from other sites are refused' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  BATCH_DIFFERS: { status: 409, title: 'Another batch was taken under this number' },
  JOB_ENDED: { status: 409, title: 'The job has ended' },
  BATCH_TOO_LARGE: { status: 413, title: 'The batch is too large' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: 'The content type or encoding is not supported' },
  HOST_REFUSED: { status: 421, title: 'This server does not answer under that name' },
  SCHEMA_UNSUPPORTED: { status: 422, title: 'The version of the event language is not supported' },
  BUSY: { status: 429, title: 'Too much at once' },
  INTERNAL: { status: 500, title: 'The server failed' },
  STORE_REFUSED: { status: 500, title: 'The event store did not take the batch' },
  STORE_DOWN: { status: 503, title: 'The event store is not available' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>

export type ErrorCode = keyof typeof PROBLEMS

/** A failure with a code of the table. `detail` is shown to the caller: never put a secret or another tenant's data into it. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, detail: string) {
    super(detail)
    this.code = code
  }
}

export function statusOf(code: ErrorCode): number {
  return PROBLEMS[code].status
}

/** The body of an error answer. */
export function problemOf(code: ErrorCode, detail: string): Problem {
  const { status, title } = PROBLEMS[code]
  return { type: `/problems/${code.toLowerCase().replaceAll('_', '-')}`, title, status, code, detail: detail.slice(0, 2_048) }
}
