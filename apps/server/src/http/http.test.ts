import { request as httpRequest } from 'node:http'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Session, type Health } from '@gatehouse/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CODE_LIFETIME_US, SESSION_LIFETIME_US } from '../session/store.ts'
import { codeOf, signIn, startTestServer, type TestServer } from '../testing/server.ts'
import { signInLink } from '../up.ts'

let server: TestServer
let clock = 1_795_348_800_000_000
beforeAll(async () => {
  server = await startTestServer(() => clock)
  const built = join(server.folder, 'console')
  mkdirSync(join(built, 'assets'), { recursive: true })
  writeFileSync(join(built, 'index.html'), '<!doctype html><style nonce="__CSP_NONCE__"></style><title>Gatehouse</title>')
  writeFileSync(join(built, 'assets/app-1234.js'), 'console.log(1)')
})
afterAll(() => server?.stop())

/** A request as written, with headers that fetch would not send and a path that it would tidy up. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<{ status: number; text: string }> {
  const { port } = new URL(server.running.url)
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject).end(body)
  })
}
function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return server.post(path, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
}

describe('signing in', () => {
  test('works once per link', async () => {
    const code = codeOf(await server.running.signInUrl())
    const answers = await Promise.all([1, 2, 3, 4].map(() => post('/v1/session', { code })))
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401])
    expect((await post('/v1/session', { code })).status).toBe(401)
  })
  test('does not work with a link that is too old', async () => {
    const code = codeOf(await server.running.signInUrl())
    clock += CODE_LIFETIME_US
    expect((await post('/v1/session', { code })).status).toBe(401)
  })
  test('gives a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await post('/v1/session', { code: codeOf(await server.running.signInUrl()) })
    const cookie = answer.headers.get('set-cookie') ?? ''
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200']) expect(cookie).toContain(part)
    expect(cookie).toContain(new URL(server.running.url).port)
  })
  test('lasts half a day, then ends by itself', async () => {
    const person = await signIn(server.running.url, codeOf(await server.running.signInUrl()))
    const session = await person.get<Session>('/v1/session', Session)
    expect(session).toEqual({ user: 'admin', organization: 'local', expiresAt: clock + SESSION_LIFETIME_US })
    clock += SESSION_LIFETIME_US
    expect((await person.fetch('/v1/session')).status).toBe(401)
  })
  test('ends when one signs out, for that session alone', async () => {
    const [one, two] = [
      await signIn(server.running.url, codeOf(await server.running.signInUrl())),
      await signIn(server.running.url, codeOf(await server.running.signInUrl())),
    ]
    expect((await one.fetch('/v1/session', { method: 'DELETE' })).status).toBe(204)
    expect((await one.fetch('/v1/runs')).status).toBe(401)
    expect((await two.fetch('/v1/runs')).status).toBe(200)
  })
  test('can be asked for while the server runs, by whoever may read its folder', async () => {
    const link = await signInLink(join(server.folder, 'data'), clock)
    expect(link).toMatch(new RegExp(`^${server.running.url}/sign-in#code=[\\w-]{43}$`))
    expect((await post('/v1/session', { code: codeOf(link) })).status).toBe(200)
  })
  test.each([[{}], [{ code: 5 }], [{ code: 'x'.repeat(100) }], [{ code: 'x', more: 1 }], [null], [[]]])(
    'with %j is refused as malformed',
    async (body) => {
      expect((await post('/v1/session', body)).status).toBe(400)
    },
  )
  test('from a page of another site is refused, and so is signing out', async () => {
    const code = codeOf(await server.running.signInUrl())
    expect((await post('/v1/session', { code }, { origin: 'http://evil.example.test' })).status).toBe(403)
    expect((await post('/v1/session', { code }, { 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await raw('/v1/session', { cookie: server.person.cookie, origin: 'http://127.0.0.1:1' }, 'DELETE')).status).toBe(403)
    expect((await post('/v1/session', { code }, { origin: server.running.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })
  test('leaves only hashes in the folder, and files that nobody else can read', async () => {
    const data = join(server.folder, 'data')
    const code = codeOf(await server.running.signInUrl())
    const answer = await post('/v1/session', { code })
    const secret = /=([\w-]{43});/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? 'missing'
    const stored = Buffer.concat(['meta.sqlite', 'meta.sqlite-wal'].map((name) => readFileSync(join(data, name)))).toString('latin1')
    for (const hidden of [code, secret, server.token]) expect(stored).not.toContain(hidden)
    expect(statSync(data).mode & 0o777).toBe(0o700)
    expect(statSync(join(data, 'ingest-token')).mode & 0o777).toBe(0o600)
  })
})

describe('every route that shows data', () => {
  test.each([
    '/v1/runs',
    '/v1/runs/01890000-0000-7000-8000-000000000001',
    '/v1/jobs/01890000-0000-7000-8000-000000000001/events',
    '/v1/stream',
    '/v1/session',
  ])('%s needs a session; the token of an agent is none', async (path) => {
    expect((await raw(path, { host: new URL(server.running.url).host })).status).toBe(401)
    expect((await raw(path, { host: new URL(server.running.url).host, authorization: `Bearer ${server.token}` })).status).toBe(401)
    expect(
      (await raw(path, { host: new URL(server.running.url).host, cookie: server.person.cookie.replace(/=.*/, `=${'A'.repeat(43)}`) }))
        .status,
    ).toBe(401)
  })
  test('tells what is wrong with a question', async () => {
    const person = await signIn(server.running.url, codeOf(await server.running.signInUrl()))
    for (const path of [
      '/v1/runs?limit=0',
      '/v1/runs?limit=201',
      '/v1/runs?limit=x',
      '/v1/runs?state=odd',
      '/v1/runs?before=zzz',
      '/v1/runs?who=me',
      '/v1/runs/1',
      '/v1/stream?run=1',
    ]) {
      const answer = await person.fetch(path)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 400, 'application/problem+json; charset=utf-8'])
    }
  })
})

describe('the server', () => {
  test('says how it is without asking who', async () => {
    const health = (await (await fetch(`${server.running.url}/v1/health`)).json()) as Health
    expect(health).toMatchObject({ status: 'ok', store: 'ready' })
  })
  test.each([['evil.example.test'], ['evil.example.test:80'], ['127.0.0.1'], ['127.0.0.1:1']])(
    'does not answer under the name "%s"',
    async (host) => {
      expect((await raw('/v1/health', { host })).status).toBe(421)
      expect((await raw('/', { host })).status).toBe(421)
    },
  )
  test('answers under localhost as well', async () => {
    expect((await raw('/v1/health', { host: `localhost:${new URL(server.running.url).port}` })).status).toBe(200)
  })
  test('gives the console with a fresh nonce, for every address that is a page', async () => {
    const pages = await Promise.all(['/', '/runs/1', '/sign-in', '/index.html'].map((path) => fetch(server.running.url + path)))
    const nonces = await Promise.all(
      pages.map(async (page) => {
        const nonce = /nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1] ?? 'missing'
        expect(await page.text()).toContain(`nonce="${nonce}"`)
        return nonce
      }),
    )
    expect(new Set(nonces).size).toBe(4)
    expect(pages[0]?.headers.get('content-security-policy')).not.toContain('unsafe')
  })
  test('gives files of the console, and nothing that is not one', async () => {
    const file = await fetch(`${server.running.url}/assets/app-1234.js`)
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
    const host = new URL(server.running.url).host
    for (const path of [
      '/assets',
      '/assets/',
      '/assets/missing.js',
      '/../data/ingest-token',
      '/%2e%2e/data/ingest-token',
      '/..%2fdata/ingest-token',
      '/assets/../../data/server.json',
      '/.env',
      '/v1/none',
    ]) {
      const answer = await raw(path, { host })
      // An address without a file ending is a page of the console, whatever it looks like.
      const harmless = answer.status >= 400 || answer.text.includes('<title>Gatehouse</title>')
      expect([path, harmless, answer.text.includes('gatehouse_')]).toEqual([path, true, false])
    }
  })
  test('answers nonsense with a problem, not with a crash', async () => {
    const host = new URL(server.running.url).host
    for (const path of ['/%', '/v1/%ff', `/v1/runs/${'a'.repeat(5_000)}`, '/v1/runs?limit=%'])
      expect((await raw(path, { host })).status).toBeGreaterThanOrEqual(400)
    expect((await raw('/v1/session', { host, 'content-type': 'application/json' }, 'POST', '{')).status).toBe(400)
    expect((await raw('/v1/session', { host, 'content-type': 'application/json' }, 'POST', '{"__proto__":{"code":"x"}}')).status).toBe(400)
    expect((await raw('/v1/session', { host, 'content-type': 'application/json' }, 'POST', `"${'x'.repeat(70_000)}"`)).status).toBe(413)
    expect((await raw('/v1/health', { host })).status).toBe(200)
  })
})
