/* What all answers share: security headers, and errors as problems. */
import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { problemOf, statusOf, type ErrorCode } from '../problem.ts'

const RETRY_AFTER_SECONDS = '1'
const nonces = new WeakMap<FastifyReply, string>()

/** Headers of every answer. The nonce lets the console's own page use inline styles and nothing else do so. */
export function secure(reply: FastifyReply): void {
  const nonce = randomBytes(16).toString('base64')
  nonces.set(reply, nonce)
  void reply.headers({
    'content-security-policy':
      `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
      `connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  })
}

/** The nonce of the answer's content security policy. */
export function nonceOf(reply: FastifyReply): string {
  return nonces.get(reply) ?? ''
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, code: ErrorCode, detail: string): FastifyReply {
  if (code === 'BUSY' || code === 'STORE_DOWN') void reply.header('retry-after', RETRY_AFTER_SECONDS)
  if (code === 'TOKEN_INVALID') void reply.header('www-authenticate', 'Bearer')
  return reply
    .code(statusOf(code))
    .type('application/problem+json')
    .send(JSON.stringify(problemOf(code, detail)))
}
