/* The HTTP application: routes, security headers, errors as problems, the console's files. */
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { BATCH_LIMITS, BATCH_MEDIA_TYPE } from '@gatehouse/schema/wire'
import type { Context } from '../context.ts'
import { AppError, type ErrorCode } from '../problem.ts'
import { secure, sendProblem } from './answer.ts'
import { serveConsole } from './console.ts'
import type { Route } from './route.ts'

export interface AppOptions {
  readonly routes: readonly Route[]
  /** OpenAPI document, served at /v1/openapi.json. */
  readonly openapi: unknown
  /** Folder of the built console; absent, its pages say how to build it. */
  readonly consoleFolder: string
  /** Names besides loopback under which the server answers, with port where there is one. */
  readonly hosts: readonly string[]
}

const JSON_BYTES_MAX = 65_536
const REQUEST_TIMEOUT_MS = 60_000

/** Builds the application; the caller listens. */
export async function buildApp(context: Context, options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: JSON_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Kept-alive connections of agents would hold a stopping server open; batches in flight are still answered.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100, caseSensitive: true },
    frameworkErrors: (error, request, reply) => void answerError(context, error, request, reply),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: JSON_BYTES_MAX }, (_, body, done) => {
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(new AppError('REQUEST_INVALID', 'the body is not JSON'))
    }
  })
  app.addContentTypeParser(BATCH_MEDIA_TYPE, { parseAs: 'buffer', bodyLimit: BATCH_LIMITS.sentBytes }, (_, body, done) => done(null, body))

  app.addHook('onRequest', async (request, reply) => {
    secure(reply)
    refuseForeignHost(request, options.hosts)
  })
  app.setErrorHandler((error: FastifyError | AppError, request, reply) => answerError(context, error, request, reply))

  for (const route of options.routes) route.register(app, context)
  app.get('/v1/openapi.json', async () => options.openapi)
  await serveConsole(app, options.consoleFolder)
  return app
}

/**
 * A name that resolves to loopback lets a foreign page talk to us as if we were its own server (DNS rebinding), so we answer only
 * under names that are ours.
 */
function refuseForeignHost(request: FastifyRequest, hosts: readonly string[]): void {
  const host = (request.headers.host ?? '').toLowerCase()
  const port = request.socket.localPort ?? 0
  const ours = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, ...hosts]
  if (!ours.includes(host))
    throw new AppError('HOST_REFUSED', 'the Host header names another server; start with --allow-host for further names')
}

/** Errors of the framework, as ours. */
const FRAMEWORK: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_INVALID',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'REQUEST_INVALID',
  FST_ERR_BAD_URL: 'REQUEST_INVALID',
  FST_ERR_MAX_PARAM_LENGTH: 'REQUEST_INVALID',
  FST_ERR_NOT_FOUND: 'NOT_FOUND',
}

/** What the file server refuses, such as a folder, is not there as far as callers are concerned. */
function byStatus(status: number | undefined): ErrorCode | undefined {
  if (status === 403 || status === 404) return 'NOT_FOUND'
  return status === 400 ? 'REQUEST_INVALID' : undefined
}

function answerError(context: Context, error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof AppError ? error.code : (FRAMEWORK[error.code] ?? byStatus(error.statusCode))
  if (known === undefined) {
    context.log.error('request failed', { method: request.method, path: request.url.split('?')[0]?.slice(0, 200), error: error.stack })
    return sendProblem(reply, 'INTERNAL', 'the log of the server says more')
  }
  return sendProblem(reply, known, error.message)
}
