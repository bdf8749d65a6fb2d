/* The YAML tree that the model is read from. Every node knows where it is; comments are kept beside the tree. */
import type { Range } from '../source.ts'
import type { Embedded } from '../expressions/embedded.ts'

export type YamlNode = ScalarNode | MapNode | SeqNode

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'empty'

export interface ScalarNode extends Range {
  readonly kind: 'scalar'
  readonly style: ScalarStyle
  /** The decoded value, always as text: whether `on` is a boolean is a question for the reader. */
  readonly value: string
  /**
   * Pieces of `value` that stand in the source as they are: triples of offset in `value`, offset in the file, length. What lies
   * between two pieces was made by the decoder (a folded line break, an escape).
   */
  readonly pieces: readonly number[]
  readonly anchor?: string
  /** Expressions in the value, filled by `expressionsOf` on first use. */
  embedded?: readonly Embedded[]
}

export interface Entry extends Range {
  readonly key: ScalarNode
  readonly value: YamlNode
}

export interface MapNode extends Range {
  readonly kind: 'map'
  readonly flow: boolean
  /** Column (0-based) of its keys in block style. */
  readonly indent: number
  /** In file order, duplicates included. */
  readonly entries: readonly Entry[]
  /** First entry by key. A Map, so a key named `__proto__` is a key. */
  readonly index: ReadonlyMap<string, Entry>
  readonly anchor?: string
}

export interface SeqNode extends Range {
  readonly kind: 'seq'
  readonly flow: boolean
  readonly indent: number
  readonly items: readonly YamlNode[]
  readonly anchor?: string
}

export interface Comment extends Range {
  /** Text after `#`, trimmed. */
  readonly text: string
}

export function isMap(node: YamlNode | undefined): node is MapNode {
  return node !== undefined && node.kind === 'map'
}

export function isSeq(node: YamlNode | undefined): node is SeqNode {
  return node !== undefined && node.kind === 'seq'
}

export function isScalar(node: YamlNode | undefined): node is ScalarNode {
  return node !== undefined && node.kind === 'scalar'
}

/** Whether the node stands for "nothing here": an absent value, `~` or `null`. */
export function isNull(node: YamlNode | undefined): boolean {
  return (
    node === undefined ||
    (node.kind === 'scalar' && (node.style === 'empty' || (node.style === 'plain' && /^(?:~|null|Null|NULL|)$/.test(node.value))))
  )
}

/** The value under a key, if the node is a map that has it. */
export function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node !== undefined && node.kind === 'map' ? node.index.get(key)?.value : undefined
}

/** The entry under a key, if the node is a map that has it. */
export function entryOf(node: YamlNode | undefined, key: string): Entry | undefined {
  return node !== undefined && node.kind === 'map' ? node.index.get(key) : undefined
}

/** The scalar under a key; undefined when it is a map, a sequence or absent. */
export function scalarOf(node: YamlNode | undefined, key: string): ScalarNode | undefined {
  const value = child(node, key)
  return value !== undefined && value.kind === 'scalar' ? value : undefined
}

/** The text of a scalar under a key; undefined when it is null, no scalar or absent. */
export function textOf(node: YamlNode | undefined, key: string): string | undefined {
  const value = scalarOf(node, key)
  return value === undefined || isNull(value) ? undefined : value.value
}

/** A YAML boolean, as GitHub reads it; undefined for anything else, expressions included. */
export function booleanOf(node: YamlNode | undefined): boolean | undefined {
  if (!isScalar(node)) return undefined
  if (/^(?:true|True|TRUE)$/.test(node.value)) return true
  if (/^(?:false|False|FALSE)$/.test(node.value)) return false
  return undefined
}

/** A scalar or each scalar of a sequence: the shape of `needs`, `runs-on`, `types`, `branches`. */
export function scalarsOf(node: YamlNode | undefined): ScalarNode[] {
  if (node === undefined) return []
  if (node.kind === 'scalar') return isNull(node) ? [] : [node]
  if (node.kind === 'seq') return node.items.filter((item) => item.kind === 'scalar')
  return []
}

/** Every scalar below a node, keys excepted, in file order; `limit` bounds what aliases could multiply. */
export function* scalarsBelow(node: YamlNode | undefined, limit = { left: 100_000 }): Generator<ScalarNode> {
  if (node === undefined || limit.left-- <= 0) return
  if (node.kind === 'scalar') yield node
  else if (node.kind === 'seq') for (const item of node.items) yield* scalarsBelow(item, limit)
  else for (const entry of node.entries) yield* scalarsBelow(entry.value, limit)
}

/** Offset in the file of the character at `index` of a scalar's value; the end of the scalar for `index` at its length. */
export function sourceOffset(scalar: ScalarNode, index: number): number {
  const { pieces } = scalar
  let low = 0
  let high = pieces.length / 3 - 1
  if (high < 0) return scalar.start
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((pieces[middle * 3] ?? 0) <= index) low = middle
    else high = middle - 1
  }
  const at = pieces[low * 3] ?? 0
  const source = pieces[low * 3 + 1] ?? scalar.start
  const length = pieces[low * 3 + 2] ?? 0
  if (index < at) return source
  return source + Math.min(index - at, length)
}

/** The range in the file of a slice of a scalar's value. */
export function sourceRange(scalar: ScalarNode, start: number, end: number): Range {
  const from = sourceOffset(scalar, start)
  return { start: from, end: end <= start ? from : sourceOffset(scalar, end - 1) + 1 }
}
