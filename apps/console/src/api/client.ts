/* The one place that talks HTTP. Answers are trusted to have the shape the server's own schema gives them; they are not validated twice. */
import type { Problem } from '@gatehouse/schema'

/** An answer that is not a success, or none at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal
}

const unauthorized = new Set<() => void>()

/** Calls back whenever the server says that the session is over; returns how to stop that. */
export function onUnauthorized(listener: () => void): () => void {
  unauthorized.add(listener)
  return () => unauthorized.delete(listener)
}

/** @throws {ApiError} With the server's own words where it gave any. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method: options.method ?? 'GET',
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(options.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } catch (error) {
    if (options.signal?.aborted === true) throw error
    throw new ApiError(0, 'UNREACHABLE', 'The Gatehouse server does not answer. Agents keep their events on disk until it is back.')
  }
  if (!response.ok) {
    const error = await errorOf(response)
    if (error.status === 401 && options.method !== 'POST') for (const listener of unauthorized) listener()
    throw error
  }
  // Safe: a success without content is asked for only where T is void.
  return (response.status === 204 ? undefined : await response.json()) as T
}

async function errorOf(response: Response): Promise<ApiError> {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/problem+json')) {
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>
    return new ApiError(
      response.status,
      problem.code ?? 'UNKNOWN',
      problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
    )
  }
  return new ApiError(response.status, 'NO_PROBLEM', `Something between you and the server answered ${response.status}.`)
}
