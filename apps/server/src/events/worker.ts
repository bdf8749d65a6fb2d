/*
 * The store worker: the ClickHouse engine (chdb) in a process of its own, behind the part of the ClickHouse HTTP protocol that our
 * client uses, on a unix socket in a private folder. Only this process can die of a native fault, and only it holds the folder.
 *
 * Started by supervisor.ts as `node worker.ts FOLDER SOCKET MEMORY`. It says `ready` on stdout, and ends when its stdin does: that
 * is how it notices that its parent is gone, however that died.
 */
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'
import process from 'node:process'
import type { Session } from 'chdb'

/** Exit status when the engine cannot run on this machine at all, so that nobody restarts it. */
export const EXIT_CANNOT_LOAD = 78

/** Sessions work in parallel; more than this only queue for the processors. */
const SESSION_COUNT = 4
/** Parameters of a statement travel in its address, so that is what bounds them. */
const HEADER_BYTES_MAX = 262_144
/** Largest statement we accept, data included: a full group of events. */
const STATEMENT_BYTES_MAX = 268_435_456

if (import.meta.main) await main()

async function main(): Promise<void> {
  const [folder, socket, memory] = process.argv.slice(2)
  if (folder === undefined || socket === undefined || memory === undefined) throw new Error('usage: worker.ts FOLDER SOCKET MEMORY')
  const vanish = (): void => vanishWith(dirname(socket))
  process.stdin.on('end', vanish).on('error', vanish).on('close', vanish).resume()
  // Ctrl-C reaches the whole process group; the parent decides when we end.
  process.on('SIGINT', () => {})

  const sessions = await open(folder, Number(memory))
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) => void answer(sessions, request, response))
  server.requestTimeout = 0
  process.on('SIGTERM', () => {
    server.close()
    for (const session of sessions.all) session.close()
    process.exit(0)
  })
  server.listen(socket, () => {
    chmodSync(socket, 0o600)
    process.stdout.write('ready\n')
  })
}

/**
 * Ends at once, with the folder of the socket, which our parent can no longer remove. Anything could hang in native code while the
 * parent is already gone; a kill does not. What was acknowledged is on disk.
 */
function vanishWith(socketFolder: string): void {
  rmSync(socketFolder, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
}

interface Sessions {
  readonly all: readonly Session[]
  readonly take: () => Promise<Session>
  readonly give: (session: Session) => void
}

async function open(folder: string, memory: number): Promise<Sessions> {
  const { Session } = await import('chdb').catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return process.exit(EXIT_CANNOT_LOAD)
  })
  const connectionArgs = [`--max_server_memory_usage=${memory}`]
  const all = Array.from({ length: SESSION_COUNT }, () => new Session(folder, { connectionArgs }))
  const free = [...all]
  const waiting: ((session: Session) => void)[] = []
  return {
    all,
    take: () => {
      const session = free.pop()
      return session === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(session)
    },
    give: (session) => {
      const next = waiting.shift()
      if (next === undefined) free.push(session)
      else next(session)
    },
  }
}

async function answer(sessions: Sessions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://store')
    if (url.pathname === '/ping') {
      response.end('Ok.\n')
      return
    }
    const sql = [url.searchParams.get('query'), await readBody(request)].filter((part) => part !== null && part !== '').join('\n')
    const bytes = await execute(sessions, sql, url.searchParams)
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.setHeader('x-clickhouse-summary', '{}')
    response.end(bytes)
  } catch (error) {
    fail(response, error)
  }
}

async function execute(sessions: Sessions, text: string, query: URLSearchParams): Promise<Uint8Array> {
  const params: Record<string, string> = {}
  // Settings are never taken from the address: in this engine they would outlive the statement and silence later ones.
  for (const [key, value] of query) {
    if (!key.startsWith('param_')) continue
    const name = key.slice('param_'.length)
    params[name] = text.includes(`{${name}:String}`) ? unescaped(value) : value
  }

  const session = await sessions.take()
  try {
    if (/^\s*insert\b/i.test(text)) {
      await session.queryAsync(text)
      return new Uint8Array()
    }
    const named = /\bFORMAT\s+(\w+)\s*;?\s*$/i.exec(text)
    const format = named?.[1] ?? query.get('default_format') ?? 'TabSeparated'
    const sql = named === null ? text : text.slice(0, named.index)
    const bound = Object.keys(params).length > 0
    const result = bound ? await session.queryBindAsync(sql, params, { format }) : await session.queryAsync(sql, { format })
    return result.bytes()
  } finally {
    sessions.give(session)
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', r: '\r', n: '\n', t: '\t', '0': '\0' }

/** Text as a ClickHouse server reads it from a parameter: the protocol escapes it as in tab-separated files, this engine does not. */
function unescaped(value: string): string {
  return value.replaceAll(/\\([^])/g, (_, char: string) => ESCAPES[char] ?? char)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > STATEMENT_BYTES_MAX) throw new Error('Code: 62. DB::Exception: the statement is too large. (SYNTAX_ERROR)')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function fail(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code = /^(?:Query failed: )?Code: (\d+)/.exec(message)?.[1] ?? '1000'
  response.statusCode = 500
  response.setHeader('x-clickhouse-exception-code', code)
  response.end(message.replace(/^Query failed: /, ''))
}
