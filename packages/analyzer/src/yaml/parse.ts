/* From the concrete syntax of the `yaml` package to our tree. Nothing here throws, and nothing is re-encoded. */
import { Parser, type CST } from 'yaml'
import type { Problem, SourceFile } from '../source.ts'
import { decodeBlock, decodeDoubleQuoted, decodePlain, decodeSingleQuoted } from './scalar.ts'
import type { Comment, Entry, MapNode, ScalarNode, ScalarStyle, SeqNode, YamlNode } from './tree.ts'

export interface YamlDocument {
  /** Undefined for an empty file, or one that cannot be read at all. */
  readonly root: YamlNode | undefined
  /** In file order. */
  readonly comments: readonly Comment[]
}

/** Deeper nesting than any workflow; it bounds our own recursion and everybody's who walks the tree. */
const DEPTH_MAX = 100
/** Aliases let a small file say a lot; the largest real one that we know stands for a few hundred values. */
const EXPANDED_MAX = 50_000
/** Flow collections this deep are refused before parsing: the parser's time grows with the square of the depth. */
const FLOW_DEPTH_MAX = 1_000

/** Parses a file. Problems are added to `file.problems`; whatever could be read is returned. */
export function parseYaml(file: SourceFile): YamlDocument {
  const composer: Composer = { file, comments: [], anchors: new Map(), sizes: new Map(), expanded: 0, depth: 0 }
  if (flowDepth(file.text) > FLOW_DEPTH_MAX) {
    problem(composer, 'limit', `More than ${FLOW_DEPTH_MAX} nested brackets; the file was not analysed.`, 0, 1)
    return { root: undefined, comments: [] }
  }
  let root: YamlNode | undefined
  let documents = 0
  try {
    for (const token of new Parser().parse(file.text)) {
      if (token.type === 'document') {
        documents++
        props(composer, token.start)
        if (documents === 1 && token.value) root = compose(composer, token.value, undefined)
        else if (documents === 2 && token.value)
          problem(composer, 'yaml', 'Only the first document of the file is read by GitHub.', token.offset, token.offset + 1)
        props(composer, token.end)
      } else if (token.type === 'comment') comment(composer, token)
      else if (token.type === 'error') problem(composer, 'yaml', token.message, token.offset, token.offset + token.source.length)
      else if (token.type === 'doc-end') props(composer, token.end)
    }
  } catch (error) {
    // The parser documents no exception; a stack overflow on hostile input is the one that we have seen.
    problem(composer, 'limit', `The file could not be parsed (${error instanceof Error ? error.message : 'unknown reason'}).`, 0, 1)
  }
  composer.comments.sort((a, b) => a.start - b.start)
  return { root, comments: composer.comments }
}

interface Composer {
  readonly file: SourceFile
  readonly comments: Comment[]
  readonly anchors: Map<string, YamlNode>
  /** Nodes below each collection, aliases followed. */
  readonly sizes: Map<YamlNode, number>
  /** Nodes that aliases stand for so far. */
  expanded: number
  depth: number
}

interface Props {
  readonly anchor?: string
  /** Offset where a value would stand, for values that are absent. */
  readonly end: number
}

function problem(composer: Composer, code: Problem['code'], message: string, start: number, end: number): void {
  // One broken bracket can yield thousands of errors, of which the first few say everything.
  if (composer.file.problems.length < 50) composer.file.problems.push({ code, message, range: { start, end: Math.max(end, start + 1) } })
}

function comment(composer: Composer, token: CST.SourceToken): void {
  composer.comments.push({ start: token.offset, end: token.offset + token.source.length, text: token.source.replace(/^#+/, '').trim() })
}

/** Reads comments, anchors and tags that stand before or after a value. */
function props(composer: Composer, tokens: readonly CST.SourceToken[] | undefined): Props {
  let anchor: string | undefined
  let end = 0
  if (tokens) {
    for (const token of tokens) {
      end = token.offset + token.source.length
      if (token.type === 'comment') comment(composer, token)
      else if (token.type === 'anchor') anchor = token.source.slice(1)
    }
  }
  return anchor === undefined ? { end } : { anchor, end }
}

function compose(composer: Composer, token: CST.Token, anchor: string | undefined): YamlNode {
  if (composer.depth >= DEPTH_MAX) {
    problem(
      composer,
      'limit',
      `More than ${DEPTH_MAX} levels of nesting; what lies deeper was not analysed.`,
      token.offset,
      token.offset + 1,
    )
    return empty(token.offset)
  }
  composer.depth++
  const node = composeInner(composer, token, anchor)
  composer.depth--
  // Registered only when complete, so an alias inside its own anchor finds nothing and the tree has no cycle.
  if (anchor !== undefined) composer.anchors.set(anchor, node)
  return node
}

function composeInner(composer: Composer, token: CST.Token, anchor: string | undefined): YamlNode {
  switch (token.type) {
    case 'scalar':
      props(composer, token.end)
      if (/\n *\t/.test(token.source))
        problem(
          composer,
          'yaml',
          'A tab is no indentation in YAML; this is read as one long text.',
          token.offset,
          token.offset + token.source.length,
        )
      return scalar('plain', token.offset, token.source, decodePlain(token.source, token.offset), anchor)
    case 'single-quoted-scalar':
      props(composer, token.end)
      return scalar('single', token.offset, token.source, decodeSingleQuoted(token.source, token.offset), anchor)
    case 'double-quoted-scalar':
      props(composer, token.end)
      return scalar('double', token.offset, token.source, decodeDoubleQuoted(token.source, token.offset), anchor)
    case 'block-scalar': {
      let offset = token.offset
      let header = '|'
      for (const prop of token.props) {
        if (prop.type === 'block-scalar-header') header = prop.source
        else if (prop.type === 'comment') comment(composer, prop)
        offset += 'source' in prop ? prop.source.length : 0
      }
      const decoded = decodeBlock(header, token.source, offset, token.indent)
      const start = token.offset
      return {
        kind: 'scalar',
        style: header.startsWith('>') ? 'folded' : 'literal',
        start,
        end: offset + token.source.length,
        ...decoded,
        ...named(anchor),
      }
    }
    case 'alias': {
      props(composer, token.end)
      const name = token.source.slice(1)
      const target = composer.anchors.get(name)
      if (target) {
        composer.expanded += sizeOf(composer, target)
        if (composer.expanded <= EXPANDED_MAX) return target
        problem(
          composer,
          'limit',
          `Aliases stand for more than ${EXPANDED_MAX} values; the rest was not analysed.`,
          token.offset,
          token.offset + token.source.length,
        )
        return empty(token.offset)
      }
      problem(composer, 'yaml', `The alias *${name} has no anchor before it.`, token.offset, token.offset + token.source.length)
      return empty(token.offset)
    }
    case 'block-map':
      return blockMap(composer, token, anchor)
    case 'block-seq':
      return blockSeq(composer, token, anchor)
    case 'flow-collection':
      return flowCollection(composer, token, anchor)
    default:
      if ('message' in token) problem(composer, 'yaml', token.message, token.offset, token.offset + token.source.length)
      return empty(token.offset)
  }
}

function sizeOf(composer: Composer, node: YamlNode): number {
  if (node.kind === 'scalar') return 1
  let size = composer.sizes.get(node)
  if (size === undefined) {
    size = 1
    for (const below of node.kind === 'seq' ? node.items : node.entries.map((entry) => entry.value)) size += sizeOf(composer, below)
    composer.sizes.set(node, size)
  }
  return size
}

function named(anchor: string | undefined): { anchor?: string } {
  return anchor === undefined ? {} : { anchor }
}

function scalar(
  style: ScalarStyle,
  start: number,
  source: string,
  decoded: { value: string; pieces: number[] },
  anchor: string | undefined,
): ScalarNode {
  return { kind: 'scalar', style, start, end: start + source.length, value: decoded.value, pieces: decoded.pieces, ...named(anchor) }
}

function empty(offset: number): ScalarNode {
  return { kind: 'scalar', style: 'empty', start: offset, end: offset, value: '', pieces: [] }
}

function keyOf(composer: Composer, token: CST.Token | null | undefined, at: number, anchor: string | undefined): ScalarNode {
  if (!token) return empty(at)
  const node = compose(composer, token, anchor)
  if (node.kind === 'scalar') return node
  problem(composer, 'yaml', 'A key must be text.', node.start, node.end)
  return empty(node.start)
}

function mapNode(
  composer: Composer,
  start: number,
  flow: boolean,
  indent: number,
  entries: Entry[],
  end: number,
  anchor: string | undefined,
): MapNode {
  const index = new Map<string, Entry>()
  for (const entry of entries) {
    if (index.has(entry.key.value))
      problem(
        composer,
        'yaml',
        `The key "${entry.key.value}" is given twice in one map; GitHub refuses the file.`,
        entry.key.start,
        entry.key.end,
      )
    else index.set(entry.key.value, entry)
  }
  return { kind: 'map', start, end, flow, indent, entries, index, ...named(anchor) }
}

function blockMap(composer: Composer, token: CST.BlockMap, anchor: string | undefined): MapNode {
  const entries: Entry[] = []
  for (const item of token.items) {
    const before = props(composer, item.start)
    if (!item.key && !item.sep) continue
    const key = keyOf(composer, item.key, before.end, before.anchor)
    if (composer.file.text[key.start - 1] === '\t') problem(composer, 'yaml', 'A tab is no indentation in YAML.', key.start - 1, key.start)
    if (!item.sep) {
      problem(composer, 'yaml', `Expected ":" after "${key.value.slice(0, 60)}".`, key.start, key.end)
      continue
    }
    const between = props(composer, item.sep)
    const value = item.value ? compose(composer, item.value, between.anchor) : empty(colonEnd(item.sep, key.end))
    entries.push({ key, value, start: key.start, end: valueEnd(value, item.value, key.end) })
  }
  return mapNode(composer, token.offset, false, token.indent, entries, entries.at(-1)?.end ?? token.offset, anchor)
}

/** An alias resolves to a node elsewhere; the entry still ends where the alias stands. */
function valueEnd(value: YamlNode, token: CST.Token | null | undefined, otherwise: number): number {
  if (token?.type === 'alias') return token.offset + token.source.length
  return Math.max(value.end, otherwise)
}

function colonEnd(tokens: readonly CST.SourceToken[], otherwise: number): number {
  const colon = tokens.find((token) => token.type === 'map-value-ind')
  return colon ? colon.offset + colon.source.length : otherwise
}

function blockSeq(composer: Composer, token: CST.BlockSequence, anchor: string | undefined): SeqNode {
  const items: YamlNode[] = []
  let end = token.offset
  for (const item of token.items) {
    const before = props(composer, item.start)
    if (!item.value && !item.start.some((part) => part.type === 'seq-item-ind')) continue
    const value = item.value ? compose(composer, item.value, before.anchor) : empty(before.end)
    end = valueEnd(value, item.value, end)
    items.push(value)
  }
  return { kind: 'seq', start: token.offset, end, flow: false, indent: token.indent, items, ...named(anchor) }
}

function flowCollection(composer: Composer, token: CST.FlowCollection, anchor: string | undefined): MapNode | SeqNode {
  const start = token.offset
  let end = start + 1
  for (const part of token.end) {
    if (part.type === 'flow-map-end' || part.type === 'flow-seq-end') end = part.offset + part.source.length
    else if (part.type === 'comment') comment(composer, part)
  }
  if (token.end.length === 0) {
    const last = token.items.at(-1)
    end = last?.value && 'source' in last.value ? last.value.offset + last.value.source.length : end
    problem(composer, 'yaml', `This "${token.start.source}" is not closed.`, start, start + 1)
  }
  const isMap = token.start.type === 'flow-map-start'
  const entries: Entry[] = []
  const items: YamlNode[] = []
  for (const item of token.items) {
    const before = props(composer, item.start)
    if (!item.key && !item.sep && !item.value) continue
    if (item.sep || (isMap && item.key)) {
      const key = keyOf(composer, item.key, before.end, before.anchor)
      const between = props(composer, item.sep)
      const value = item.value ? compose(composer, item.value, between.anchor) : empty(item.sep ? colonEnd(item.sep, key.end) : key.end)
      const entry: Entry = { key, value, start: key.start, end: valueEnd(value, item.value, key.end) }
      if (isMap) entries.push(entry)
      else items.push(mapNode(composer, entry.start, true, 0, [entry], entry.end, undefined))
    } else if (item.value) {
      const value = compose(composer, item.value, before.anchor)
      if (isMap) entries.push({ key: keyOf(composer, null, value.start, undefined), value, start: value.start, end: value.end })
      else items.push(value)
    }
  }
  if (isMap) return mapNode(composer, start, true, token.indent, entries, end, anchor)
  return { kind: 'seq', start, end, flow: true, indent: token.indent, items, ...named(anchor) }
}

/** Upper bound of the nesting of brackets, cheap and blind to quotes: it only has to catch what nobody writes. */
function flowDepth(text: string): number {
  let depth = 0
  let most = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5b || code === 0x7b) {
      depth++
      if (depth > most) most = depth
    } else if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1)
  }
  return most
}
