/* A real server in a folder of its own, for tests: its API as a person sees it, and its ingest as an agent does. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { BatchMeta } from '@gatehouse/schema/wire'
import { validator } from '@gatehouse/schema/validate'
import type { TSchema } from 'typebox'
import { silentLog } from '../log.ts'
import { createCode, createToken, ensureOrganization } from '../session/store.ts'
import { up, type RunningServer } from '../up.ts'

export interface TestServer {
  readonly running: RunningServer
  readonly folder: string
  /** Token of the organization `local`. */
  readonly token: string
  /** A signed-in person of `local`. */
  readonly person: Person
  /** Another organization with a token and a person of its own. */
  readonly newOrganization: (name: string) => Promise<{ readonly org: number; readonly token: string; readonly person: Person }>
  readonly send: (batch: { readonly meta: BatchMeta; readonly text: string }, token?: string) => Promise<Response>
  readonly post: (path: string, body: Uint8Array | string, headers: Readonly<Record<string, string>>) => Promise<Response>
  readonly stop: () => Promise<void>
}

/** Someone with a session. `get` checks the answer against a schema and returns it. */
export interface Person {
  readonly cookie: string
  readonly get: <T>(path: string, schema: TSchema) => Promise<T>
  readonly fetch: (
    path: string,
    init?: { readonly method?: string; readonly signal?: AbortSignal; readonly headers?: Readonly<Record<string, string>> },
  ) => Promise<Response>
}

/** Starts one; `now` replaces its clock (microseconds). */
export async function startTestServer(now?: () => number): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gh-server-'))
  mkdirSync(join(folder, 'console'))
  const running = await up({
    data: join(folder, 'data'),
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    consoleFolder: join(folder, 'console'),
    log: silentLog(),
    ...(now === undefined ? {} : { now }),
  })
  const { db } = running.context
  const token = readFileSync(running.tokenFile, 'utf8').trim()
  const post: TestServer['post'] = (path, body, headers) => fetch(running.url + path, { method: 'POST', body, headers })
  return {
    running,
    folder,
    token,
    person: await signIn(running.url, codeOf(await running.signInUrl())),
    async newOrganization(name) {
      const clock = running.context.now()
      const org = await ensureOrganization(db, name, clock)
      const code = await createCode(db, org, 'someone', clock)
      return { org, token: await createToken(db, org, 'test', clock), person: await signIn(running.url, code) }
    },
    send: ({ meta, text }, as = token) =>
      post(`/v1/jobs/${meta.job}/batches/${meta.n}`, gzipSync(text), {
        authorization: `Bearer ${as}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      }),
    post,
    async stop() {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The code of a sign-in link. */
export function codeOf(link: string): string {
  return new URL(link).hash.replace('#code=', '')
}

/** Exchanges a code for a session. */
export async function signIn(url: string, code: string): Promise<Person> {
  const answer = await fetch(`${url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  if (!answer.ok) throw new Error(`signing in failed: ${answer.status} ${await answer.text()}`)
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const get = async <T>(path: string, schema: TSchema): Promise<T> => {
    const response = await fetch(url + path, { headers: { cookie } })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    const body: unknown = await response.json()
    const check = validator<T>(schema)
    if (!check.check(body)) throw new Error(`${path} answers what its schema does not allow: ${check.explain(body)}`)
    return body
  }
  return { cookie, get, fetch: (path, init = {}) => fetch(url + path, { ...init, headers: { cookie, ...init.headers } }) }
}
