/* Puts the mock API behind Vite's servers: the development server and the preview of a build, which the browser tests use. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Connect, Plugin } from 'vite'
import { createMockApi } from '../src/mock/api.ts'

export interface MockPluginOptions {
  readonly delayMs: number
  /** Headers for every page, so that a preview is served as the server will serve it. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What the server must send with index.html and every asset. No nonce is needed: nothing of ours is inline. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

export function mockApi(options: MockPluginOptions): Plugin {
  const api = createMockApi({ delayMs: options.delayMs, clock: () => Date.now() * 1_000 })
  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value)
    if (request.url?.startsWith('/v1/') !== true) return next()
    // oxlint-disable-next-line promise/no-callback-in-promise -- connect hands errors on by calling back
    answer(request, response, api).catch(next)
  }
  return {
    name: 'gatehouse-mock-api',
    configureServer(server) {
      server.middlewares.use(middleware)
    },
    configurePreviewServer(server) {
      server.middlewares.use(middleware)
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, api: (request: Request) => Promise<Response>): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const method = request.method ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'HEAD' && method !== 'DELETE'
  const result = await api(
    new Request(new URL(request.url ?? '/', 'http://localhost'), {
      method,
      signal: gone.signal,
      ...(hasBody ? { body: await textOf(request) } : {}),
    }),
  )
  response.writeHead(result.status, Object.fromEntries(result.headers))
  if (result.body === null) {
    response.end()
    return
  }
  const body = Readable.fromWeb(result.body)
  body.on('error', () => response.destroy())
  response.on('close', () => body.destroy())
  body.pipe(response)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
