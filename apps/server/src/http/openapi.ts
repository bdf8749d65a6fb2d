/* The OpenAPI 3.1 document, made from the descriptions of the routes: what it says is what is checked. */
import type { TObject, TSchema } from 'typebox'
import { Problem } from '@gatehouse/schema'
import { statusOf, type ErrorCode } from '../problem.ts'
import { VERSION } from '../version.ts'
import type { Route, RouteSpec } from './route.ts'

type Json = Readonly<Record<string, unknown>>

/** The document for these routes. Schemas with an `$id` become components. */
export function openapiOf(routes: readonly Route[]): Json {
  const components = new Map<string, unknown>()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const { spec } of routes) {
    paths[spec.path] = { ...paths[spec.path], [spec.method.toLowerCase()]: operation(spec, components) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version: VERSION,
      description:
        'What CI jobs really did. Times are microseconds since the Unix epoch. Errors are problem+json (RFC 9457) with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: Object.fromEntries([...components].toSorted(([a], [b]) => a.localeCompare(b))),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Token of an agent: may send batches, nothing else.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'gatehouse_session_PORT',
          description: 'Session of a person; the name ends in the port of the server.',
        },
      },
    },
  }
}

function operation(spec: RouteSpec, components: Map<string, unknown>): Json {
  const { answer } = spec
  return {
    operationId: spec.id,
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    security: spec.access === 'anyone' ? [] : [{ [spec.access]: [] }],
    parameters: [...parameters('path', spec.params, components), ...parameters('query', spec.query, components)],
    ...(spec.body === undefined ? {} : { requestBody: body(spec.body, components) }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.schema === undefined
          ? {}
          : { content: { [answer.mediaType ?? 'application/json']: { schema: refer(answer.schema, components) } } }),
      },
      ...problems(spec.problems, components),
    },
  }
}

function parameters(where: 'path' | 'query', schema: TObject | undefined, components: Map<string, unknown>): readonly Json[] {
  const required = new Set(schema?.required ?? [])
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: required.has(name),
    description: Reflect.get(property, 'description'),
    schema: refer(property, components),
  }))
}

function body(description: NonNullable<RouteSpec['body']>, components: Map<string, unknown>): Json {
  if ('mediaType' in description && typeof description.mediaType === 'string') {
    return {
      required: true,
      description: description.description,
      content: { [description.mediaType]: { schema: { type: 'string' } } },
    }
  }
  return { required: true, content: { 'application/json': { schema: refer(description, components) } } }
}

/** One answer per status, naming the codes that come with it. */
function problems(codes: readonly ErrorCode[], components: Map<string, unknown>): Json {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      { description: list.join(', '), content: { 'application/problem+json': { schema: refer(Problem, components) } } },
    ]),
  )
}

/** A copy of the schema in which every part with an `$id` is a reference to a component. */
function refer(schema: TSchema, components: Map<string, unknown>): unknown {
  return copy(schema, components)
}

function copy(value: unknown, components: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => copy(item, components))
  if (typeof value !== 'object' || value === null) return value
  const { $id, ...rest } = value as Json
  const plain = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, copy(item, components)]))
  if (typeof $id !== 'string') return plain
  components.set($id, plain)
  return { $ref: `#/components/schemas/${$id}` }
}
