/*
 * A route is described once: the description validates requests, types handlers and becomes the OpenAPI document (openapi.ts).
 * Handlers decode nothing themselves; they call one verb and return what it answers.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { validator, type Validator } from '@gatehouse/schema/validate'
import type { Context } from '../context.ts'
import { AppError, type ErrorCode } from '../problem.ts'
import { authenticate, refuseForeignOrigin, type Caller } from './auth.ts'

/** What a route needs of its caller: nothing, a token of an agent, or a signed-in person. */
type Access = 'anyone' | 'token' | 'session'

export interface RouteSpec {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly description?: string
  readonly access: Access
  readonly params?: TObject
  readonly query?: TObject
  /** A JSON body, or a description of another one. */
  readonly body?: TSchema | { readonly mediaType: string; readonly description: string }
  readonly answer: { readonly status: 200 | 204; readonly description: string; readonly schema?: TSchema; readonly mediaType?: string }
  readonly problems: readonly ErrorCode[]
}

type Shape<S> = S extends TSchema ? Static<S> : undefined

/** What a handler gets, decoded. */
export interface Call<S extends RouteSpec> {
  readonly params: Shape<S['params']>
  readonly query: Shape<S['query']>
  readonly body: S['body'] extends TSchema ? Static<S['body']> : Buffer | undefined
  readonly caller: S['access'] extends 'anyone' ? undefined : Caller
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export interface Route {
  readonly spec: RouteSpec
  readonly register: (app: FastifyInstance, context: Context) => void
}

/** A route: its description and what it does. A handler that answers through `reply` itself returns `undefined`. */
export function route<const S extends RouteSpec>(spec: S, handle: (context: Context, call: Call<S>) => Promise<unknown>): Route {
  return {
    spec,
    register(app, context) {
      const checks = {
        params: checkOf(spec.params),
        query: checkOf(spec.query),
        body: checkOf(isSchema(spec.body) ? spec.body : undefined),
      }
      app.route({
        method: spec.method,
        url: spec.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        // Before the body is read: who may not speak is not listened to.
        onRequest: async (request) => {
          if (spec.method !== 'GET' && spec.access !== 'token') refuseForeignOrigin(request)
          if (spec.access !== 'anyone') callers.set(request, await authenticate(context, spec.access, request))
        },
        handler: async (request, reply) => {
          const call = {
            params: decode(checks.params, convert(spec.params, request.params), 'address'),
            query: decode(checks.query, convert(spec.query, request.query), 'query'),
            body: checks.body === undefined ? request.body : decode(checks.body, request.body, 'body'),
            caller: callers.get(request),
            request,
            reply,
          }
          // Safe: each part was checked against the schema that gives it its type.
          const answer = await handle(context, call as Call<S>)
          if (answer === undefined) return reply
          return reply.code(spec.answer.status).send(answer)
        },
      })
    },
  }
}

/** Path parameters that are identities. */
export function idParams<const N extends string>(name: N, description: string) {
  return Type.Object({
    [name]: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', maxLength: 36, description }),
  } as Record<N, ReturnType<typeof Type.String>>)
}

const callers = new WeakMap<FastifyRequest, Caller>()

function isSchema(body: RouteSpec['body']): body is TSchema {
  return body !== undefined && !('mediaType' in body)
}

function checkOf(schema: TSchema | undefined): Validator<unknown> | undefined {
  return schema === undefined ? undefined : validator(schema)
}

function decode(check: Validator<unknown> | undefined, value: unknown, where: string): unknown {
  if (check === undefined) return undefined
  if (!check.check(value)) throw new AppError('REQUEST_INVALID', `${where}: ${check.explain(value)}`)
  return value
}

/** Text of the address as what the schema wants: numbers, and lists given by repeating a name or with commas. */
function convert(schema: TObject | undefined, raw: unknown): unknown {
  if (schema === undefined || typeof raw !== 'object' || raw === null) return raw
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, convertOne(schema.properties[name], value)]))
}

function convertOne(schema: TSchema | undefined, value: unknown): unknown {
  const type = schema === undefined ? undefined : Reflect.get(schema, 'type')
  if (type === 'integer' && typeof value === 'string' && /^-?\d{1,16}$/.test(value)) return Number(value)
  if (type === 'array') return Array.isArray(value) ? value : String(value).split(',')
  return value
}
