/** HTTP adapter for live changes: server-sent events, resumed by the number of the last change that was seen. */
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { RunChange } from '@gatehouse/schema'
import type { Context } from '../context.ts'
import { route, type Route } from '../http/route.ts'
import { AppError } from '../problem.ts'
import { changesAfter } from '../runs/store.ts'
import type { NumberedChange } from './changes.ts'

const HEARTBEAT_MS = 15_000
/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 2_000
const RESUME_PAGE = 500
/** Jobs that may wait for a slow reader. Of each only the newest change waits; a reader further behind must connect again. */
const BACKLOG_MAX = 1_000
/** Readers at once, over all organizations; each holds a connection and a small backlog. */
const READERS_MAX = 500

const Query = Type.Object(
  {
    run: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', maxLength: 36, description: 'Only changes of this run.' }),
    ),
  },
  { additionalProperties: false },
)

export interface StreamRoutes {
  readonly routes: readonly Route[]
  /** Ends all streams, so that the server can stop. */
  readonly close: () => void
}

export function streamRoutes(): StreamRoutes {
  const readers = new Set<FastifyReply>()
  const stream = route(
    {
      method: 'GET',
      path: '/v1/stream',
      id: 'streamChanges',
      summary: 'Changes of runs, as they happen',
      description:
        'Server-sent events named `run`; `data` is a RunChange. `Last-Event-ID` resumes: of a job that changed meanwhile, its last change is sent.',
      access: 'session',
      query: Query,
      answer: { status: 200, description: 'The stream.', schema: RunChange, mediaType: 'text/event-stream' },
      problems: ['REQUEST_INVALID', 'SESSION_NEEDED', 'BUSY'],
    },
    async (context, { caller, query, request, reply }) => {
      if (readers.size >= READERS_MAX) throw new AppError('BUSY', 'too many live views are open')
      const last = /^\d{1,15}$/.exec(String(request.headers['last-event-id'] ?? ''))?.[0]
      readers.add(reply)
      reply.raw.once('close', () => readers.delete(reply))
      reply.hijack()
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      await serve(
        context,
        { org: caller.org, expiresAt: caller.expiresAt ?? 0, run: query.run, last: last === undefined ? undefined : Number(last) },
        reply,
      )
      return undefined
    },
  )
  return {
    routes: [stream],
    close() {
      for (const reader of readers) reader.raw.destroy()
    },
  }
}

interface Reader {
  readonly org: number
  readonly expiresAt: number
  readonly run: string | undefined
  readonly last: number | undefined
}

async function serve(context: Context, reader: Reader, reply: FastifyReply): Promise<void> {
  const { raw } = reply
  const backlog = new Map<string, NumberedChange>()
  let blocked = true

  function send(change: NumberedChange): void {
    if (reader.run !== undefined && change.change.run !== reader.run) return
    // Newest last, so that the order of what waits is the order of changes and resuming by id stays right.
    backlog.delete(change.change.job)
    backlog.set(change.change.job, change)
    if (backlog.size > BACKLOG_MAX) raw.destroy()
    flush()
  }
  function flush(): void {
    for (const [job, { id, change }] of backlog) {
      if (blocked || raw.destroyed) return
      backlog.delete(job)
      blocked = !raw.write(`id: ${id}\nevent: run\ndata: ${JSON.stringify(change)}\n\n`)
    }
  }

  raw.on('drain', () => {
    blocked = false
    flush()
  })
  const stop = context.changes.listen(reader.org, send)
  const heartbeat = setInterval(() => {
    // A session that has ended must not go on listening.
    if (context.now() > reader.expiresAt) raw.end()
    else if (!blocked) blocked = !raw.write(': still here\n\n')
  }, HEARTBEAT_MS)
  raw.once('close', () => {
    stop()
    clearInterval(heartbeat)
  })
  raw.write(`retry: ${RETRY_MS}\n\n`)

  // What happens while we look waits in the backlog, which holds one change per job.
  for (let after = reader.last; after !== undefined && !raw.destroyed;) {
    const missed = await changesAfter(context.db, reader.org, after, RESUME_PAGE)
    for (const change of missed) {
      if (reader.run === undefined || change.change.run === reader.run)
        raw.write(`id: ${change.id}\nevent: run\ndata: ${JSON.stringify(change.change)}\n\n`)
    }
    after = missed.length < RESUME_PAGE ? undefined : missed.at(-1)?.id
    if (raw.writableNeedDrain) await new Promise((resolve) => raw.once('drain', resolve).once('close', resolve))
  }
  blocked = raw.writableNeedDrain
  flush()
}
