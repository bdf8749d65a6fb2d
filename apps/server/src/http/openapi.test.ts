import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generateOpenapi } from '../../../../tools/generate-openapi.ts'

const committed = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8')
type Node = Readonly<Record<string, unknown>>
const document: Node = JSON.parse(committed)

/** Every schema of the document with the path that leads to it. */
function* schemas(value: unknown, path: string): Generator<readonly [string, Node]> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) {
    const node: Node = Object.fromEntries(Object.entries(value))
    if ('type' in node || 'anyOf' in node || '$ref' in node) yield [path, node]
  }
  for (const [key, child] of Object.entries(value)) yield* schemas(child, `${path}.${key}`)
}
function* operations(): Generator<readonly [string, Node]> {
  for (const [path, methods] of Object.entries(document['paths'] as Node)) {
    for (const [method, operation] of Object.entries(methods as Node)) yield [`${method} ${path}`, operation as Node]
  }
}

describe('the OpenAPI document', () => {
  test('is what the routes say', async () => {
    expect([...(await generateOpenapi()).values()]).toEqual([committed])
  })
  test('describes every field of every schema', () => {
    const fields = [...schemas(document['components'], '')].filter(([path]) => /\.properties\.\w+$/.test(path))
    expect(fields.length).toBeGreaterThan(150)
    const silent = fields.filter(([, node]) => !('$ref' in node) && typeof node['description'] !== 'string' && !('const' in node))
    expect(silent.map(([path]) => path)).toEqual([])
  })
  test('bounds every text, number, list and map', () => {
    const unbounded = [...schemas(document, '')].filter(([, node]) => {
      if ('const' in node) return false
      switch (node['type']) {
        case 'string':
          return !('maxLength' in node) && !('pattern' in node)
        case 'integer':
          return !('minimum' in node && 'maximum' in node)
        case 'array':
          return !('maxItems' in node)
        case 'object':
          return node['additionalProperties'] !== false || ('patternProperties' in node && !('maxProperties' in node))
        default:
          return false
      }
    })
    // The body of a batch is text whose bound is in bytes.
    expect(unbounded.map(([path]) => path)).toEqual([
      '.paths./v1/jobs/{job}/batches/{n}.post.requestBody.content.application/x-ndjson.schema',
    ])
  })
  test('gives every operation an id, a summary, its credentials and its errors', () => {
    const ids = new Set<unknown>()
    for (const [name, operation] of operations()) {
      ids.add(operation['operationId'])
      expect([name, typeof operation['summary'], Array.isArray(operation['security'])]).toEqual([name, 'string', true])
      const anyone = (operation['security'] as unknown[]).length === 0
      expect([name, anyone || '401' in (operation['responses'] as Node)]).toEqual([name, true])
    }
    expect(ids.size).toBe([...operations()].length)
  })
  test('refers only to components that it has', () => {
    const known = new Set(Object.keys((document['components'] as Record<string, Node>)['schemas'] ?? {}))
    const references = [...committed.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '')
    expect(references.length).toBeGreaterThan(10)
    expect(references.filter((name) => !known.has(name))).toEqual([])
  })
})
