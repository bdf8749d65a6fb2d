/* Random valid values of a schema, for property tests. */
import * as fc from 'fast-check'
import type { TSchema } from 'typebox'

/** The part of JSON Schema that our schemas use. */
interface Node {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Node>>
  readonly maxProperties?: number
  readonly items?: Node
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly pattern?: string
}

/** Values that the schema accepts, with a liking for bounds, empty text, odd characters and names of Object's prototype. */
export function arbitraryOf<T>(schema: TSchema): fc.Arbitrary<T> {
  // Safe: TypeBox schemas are JSON Schema, and what is built follows it; tests check each value with the compiled validator.
  return of(schema) as fc.Arbitrary<T>
}

function of(node: Node): fc.Arbitrary<unknown> {
  if (node.const !== undefined) return fc.constant(node.const)
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map(of))
  switch (node.type) {
    case 'integer':
      return fc.integer({ min: node.minimum ?? 0, max: node.maximum ?? Number.MAX_SAFE_INTEGER })
    case 'number':
      // The sign of zero is not a thing JSON keeps.
      return fc.double({ min: node.minimum ?? -1e9, max: node.maximum ?? 1e9, noNaN: true }).map((value) => value + 0)
    case 'boolean':
      return fc.boolean()
    case 'string':
      return text(node)
    case 'array':
      return fc.array(of(node.items ?? {}), { maxLength: Math.min(node.maxItems ?? 5, 5) })
    case 'object':
      return object(node)
    default:
      throw new Error(`no arbitrary for ${JSON.stringify(node).slice(0, 200)}`)
  }
}

function text(node: Node): fc.Arbitrary<unknown> {
  if (node.pattern !== undefined) return fc.uuid()
  const maxLength = Math.min(node.maxLength ?? 40, 40)
  const odd = fc
    .constantFrom('', '\0', '\n', '"', '\\', '\u2028', '😀', 'é', '\\N', '0', 'null')
    .filter((value) => value.length <= maxLength)
  return fc.oneof(
    fc.string({ unit: 'grapheme', maxLength }).map((value) => value.slice(0, maxLength).toWellFormed()),
    odd,
  )
}

function object(node: Node): fc.Arbitrary<unknown> {
  const [pattern, value] = Object.entries(node.patternProperties ?? {})[0] ?? []
  if (pattern !== undefined && value !== undefined) {
    return fc.dictionary(fc.stringMatching(/^[A-Z_]{1,12}$/), of(value), { maxKeys: 4, noNullPrototype: true })
  }
  const fields = Object.fromEntries(Object.entries(node.properties ?? {}).map(([name, child]) => [name, of(child)]))
  return fc.record(fields, { requiredKeys: [...(node.required ?? [])], noNullPrototype: true })
}
