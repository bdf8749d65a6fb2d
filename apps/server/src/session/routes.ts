/** HTTP adapter for signing in and out. */
import { Session, SignIn } from '@gatehouse/schema'
import { cookieName, sessionSecret, type Caller } from '../http/auth.ts'
import { route, type Route } from '../http/route.ts'
import { AppError } from '../problem.ts'
import { deleteSession, exchangeCode, hashSecret, SESSION_LIFETIME_US } from './store.ts'

export function sessionRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/v1/session',
        id: 'getSession',
        summary: 'Who is signed in',
        access: 'session',
        answer: { status: 200, description: 'The session of the caller.', schema: Session },
        problems: ['SESSION_NEEDED'],
      },
      async (_, { caller }) => toWire(caller),
    ),
    route(
      {
        method: 'POST',
        path: '/v1/session',
        id: 'createSession',
        summary: 'Sign in with a one-time code',
        description: 'The code of a sign-in link works once. The answer sets an HttpOnly cookie.',
        access: 'anyone',
        body: SignIn,
        answer: { status: 200, description: 'The new session.', schema: Session },
        problems: ['REQUEST_INVALID', 'CODE_INVALID', 'ORIGIN_REFUSED'],
      },
      async ({ db, now }, { body, request, reply }) => {
        const found = await exchangeCode(db, body.code, now())
        if (found === undefined) throw new AppError('CODE_INVALID', 'the link was used or has expired; ask the server for a new one')
        const age = Math.floor(SESSION_LIFETIME_US / 1_000_000)
        void reply.header('set-cookie', `${cookieName(request)}=${found.secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}`)
        return toWire(found.caller)
      },
    ),
    route(
      {
        method: 'DELETE',
        path: '/v1/session',
        id: 'deleteSession',
        summary: 'Sign out',
        access: 'session',
        answer: { status: 204, description: 'The session has ended.' },
        problems: ['SESSION_NEEDED', 'ORIGIN_REFUSED'],
      },
      async ({ db }, { request, reply }) => {
        const secret = sessionSecret(request)
        if (secret !== undefined) await deleteSession(db, hashSecret(secret))
        await reply
          .header('set-cookie', `${cookieName(request)}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`)
          .code(204)
          .send()
        return undefined
      },
    ),
  ]
}

function toWire(caller: Caller): Session {
  return { user: caller.name, organization: caller.organization, expiresAt: caller.expiresAt ?? 0 }
}
