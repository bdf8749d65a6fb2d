/*
 * The mock API: the same requests, the same answers, the same failures as the server, from memory. A function from Request to
 * Response, so that it runs behind Vite, in tests and, later, inside a public demonstration without any server.
 *
 * To see a failure, search the runs for `!500`, `!slow`, `!empty` or `!offline`, or open one of the failing runs of NAMED_RUNS.
 */
import type { EventPage, Health, Problem, RunChange, RunDetail, RunPage, Session } from '@gatehouse/schema'
import { createWorld, NAMED_RUNS } from './world.ts'

export interface MockOptions {
  /** Milliseconds every answer waits, so that loading states can be seen. */
  readonly delayMs: number
  /** Microseconds since 1970. */
  readonly clock: () => number
}

/** A code that signs in; any other is refused as used. */
export const MOCK_CODE = 'let-me-in'

export type MockApi = (request: Request) => Promise<Response>

export function createMockApi(options: MockOptions): MockApi {
  const world = createWorld(options.clock(), options.clock)
  let signedIn = true

  const session = (): Session => ({ user: 'mira', organization: 'acme', expiresAt: options.clock() + 8 * 3_600_000_000 })

  return async (request) => {
    const url = new URL(request.url)
    const parts = url.pathname.split('/').slice(2).map(decodeURIComponent)
    await wait(options.delayMs)

    if (parts[0] === 'health') return json({ status: 'ok', version: '0.1.0', store: 'ready' })
    if (parts[0] === 'session') {
      if (request.method === 'DELETE') {
        signedIn = false
        return new Response(null, { status: 204 })
      }
      if (request.method === 'POST') {
        const body = (await request.json()) as { code?: unknown }
        if (body.code !== MOCK_CODE) return problem(401, 'LINK_USED', 'This sign-in link was used before or is too old.')
        signedIn = true
      }
      return signedIn ? json(session()) : problem(401, 'SIGN_IN', 'Sign in first.')
    }
    if (!signedIn) return problem(401, 'SIGN_IN', 'Sign in first.')

    if (parts[0] === 'runs' && parts[1] === undefined) return runs(world, url.searchParams)
    if (parts[0] === 'runs' && parts[1] !== undefined) {
      if (parts[1] === NAMED_RUNS.failing)
        return problem(503, 'STORE_DOWN', 'The event store does not answer. Nothing is lost: agents keep their events until it is back.')
      if (parts[1] === NAMED_RUNS.expired) return problem(401, 'SIGN_IN', 'The session has ended.')
      const run = world.get(parts[1])
      return run === undefined ? problem(404, 'RUN_UNKNOWN', 'No run has this id.') : json(run.detail())
    }
    if (parts[0] === 'jobs' && parts[1] !== undefined && parts[2] === 'events') return events(world, parts[1], url.searchParams)
    if (parts[0] === 'stream') return stream(world, url.searchParams.get('run'), request.signal)
    return problem(404, 'ROUTE_UNKNOWN', `Nothing is at ${url.pathname}.`)
  }
}

type World = ReturnType<typeof createWorld>

async function runs(world: World, query: URLSearchParams): Promise<Response> {
  const search = (query.get('search') ?? '').toLowerCase()
  if (search === '!500') return problem(500, 'INTERNAL', 'The query could not be answered.')
  if (search === '!offline') return new Response('<html>502 Bad Gateway</html>', { status: 502, headers: { 'content-type': 'text/html' } })
  if (search === '!slow') await wait(60_000)
  const state = query.get('state')
  const limit = Number(query.get('limit') ?? 50)
  const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY)
  const all = [...world.values()]
    .map((run) => run.summary())
    .filter((each) => state === null || each.state === state)
    .filter(({ run, jobs }) =>
      [run.repository, run.workflow, run.actor, run.ref, ...jobs].some((text) => text?.toLowerCase().includes(search) === true),
    )
    .sort((a, b) => b.startedAt - a.startedAt)
  const rest = all.filter((each) => each.startedAt < before)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return json({ items, ...(rest.length > limit && last !== undefined ? { next: String(last.startedAt) } : {}) })
}

function events(world: World, job: string, query: URLSearchParams): Response {
  for (const [id, run] of world) {
    const found = run.events(job)
    if (found === undefined) continue
    if (id === NAMED_RUNS.eventsFailing) return problem(500, 'INTERNAL', 'The events could not be read.')
    const after = Number(query.get('after') ?? 0)
    const limit = Number(query.get('limit') ?? 5_000)
    const items = found.slice(after, after + limit)
    return json({ items, ...(after + limit < found.length ? { next: after + limit } : {}) })
  }
  return problem(404, 'JOB_UNKNOWN', 'No job has this id.')
}

function stream(world: World, only: string | null, signal: AbortSignal): Response {
  const encoder = new TextEncoder()
  let timer: ReturnType<typeof setInterval> | undefined
  const seen = new Map<string, number>()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(': hello\n\n'))
      const tick = (): void => {
        for (const [id, run] of world) {
          if (!run.live || (only !== null && only !== id)) continue
          const detail = run.detail()
          for (const { summary } of detail.jobs) {
            if (seen.get(summary.job.id) === summary.counts.events) continue
            seen.set(summary.job.id, summary.counts.events)
            const change: RunChange = { run: id, job: summary.job.id, seq: summary.counts.events, state: summary.state }
            controller.enqueue(encoder.encode(`event: run\ndata: ${JSON.stringify(change)}\n\n`))
          }
        }
      }
      timer = setInterval(tick, 700)
      signal.addEventListener('abort', () => clearInterval(timer))
    },
    cancel() {
      clearInterval(timer)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } })
}

/** Whatever is answered is one of the shapes that the server promises. */
function json(value: EventPage | Health | RunDetail | RunPage | Session): Response {
  return Response.json(value, { headers: { 'cache-control': 'no-store' } })
}

function problem(status: number, code: string, detail: string): Response {
  const body: Problem = { type: `/problems/${code.toLowerCase()}`, title: code.toLowerCase().replaceAll('_', ' '), status, code, detail }
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json' } })
}

function wait(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => void setTimeout(resolve, ms))
}
