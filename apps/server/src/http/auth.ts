/* Who is calling. The organization comes from the credential and from nowhere else. */
import type { FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { AppError } from '../problem.ts'
import { findSession, findToken, hashSecret } from '../session/store.ts'

export interface Caller {
  readonly org: number
  /** Name of the token, or of the person. */
  readonly name: string
  readonly organization: string
  /** End of the session; absent for tokens. */
  readonly expiresAt?: number
}

/** Cookies are shared by all ports of a host, so the name carries ours: two servers on one machine do not sign each other out. */
export function cookieName(request: FastifyRequest): string {
  return `gatehouse_session_${request.socket.localPort ?? 0}`
}

/** @throws {AppError} TOKEN_INVALID or SESSION_NEEDED. */
export async function authenticate(context: Context, access: 'token' | 'session', request: FastifyRequest): Promise<Caller> {
  if (access === 'token') {
    const token = /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1]
    // Looked up by its hash: how long that takes says nothing about any token.
    const found = token === undefined ? undefined : await findToken(context.db, hashSecret(token))
    if (found === undefined) throw new AppError('TOKEN_INVALID', 'give the token of the agent as `Authorization: Bearer …`')
    return found
  }
  const secret = sessionSecret(request)
  const found = secret === undefined ? undefined : await findSession(context.db, hashSecret(secret), context.now())
  if (found === undefined) throw new AppError('SESSION_NEEDED', 'sign in with a one-time link')
  return found
}

/** The secret of the session cookie. */
export function sessionSecret(request: FastifyRequest): string | undefined {
  const name = cookieName(request)
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name && value !== undefined && /^[\w-]{43}$/.test(value)) return value
  }
  return undefined
}

/**
 * Refuses a request that a page of another site made. `SameSite=Strict` keeps the cookie from it already; this also covers
 * signing in, and other ports of the same host, which browsers count as the same site.
 *
 * @throws {AppError} ORIGIN_REFUSED
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  const foreign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
  if (foreign || (site !== undefined && site !== 'same-origin'))
    throw new AppError('ORIGIN_REFUSED', 'this must come from the console itself')
}
