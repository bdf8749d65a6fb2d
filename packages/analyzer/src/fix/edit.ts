/* Changes of a file: bytes replaced by text, everything else untouched. Builders know block and flow style, indentation and line ends. */
import type { SourceFile } from '../source.ts'
import { isMap, isScalar, type Entry, type MapNode, type ScalarNode, type YamlNode } from '../yaml/tree.ts'

/** A value as it should be after the edit: what a reader of the YAML sees. */
export type Plain = string | readonly Plain[] | { readonly [key: string]: Plain }

export interface Intent {
  /** Node at which the change happens, by its offset before the edit. */
  readonly node: YamlNode
  /** What becomes of it: an entry set, an entry removed, or the node itself replaced. */
  readonly set?: { readonly keys: readonly string[]; readonly value: Plain }
  readonly remove?: string
  readonly rename?: { readonly from: string; readonly to: string }
  readonly become?: Plain
}

export interface TextEdit {
  /** First UTF-16 unit that is replaced. */
  readonly start: number
  /** One past the last; equal to `start` for an insertion. */
  readonly end: number
  readonly text: string
  /** What the edit means; the result is checked against it. */
  readonly intent?: Intent
}

/**
 * Applies edits to a text. Edits may touch but not overlap.
 *
 * @throws {RangeError} If two edits overlap, since no order of them is right.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let at = 0
  for (const edit of ordered) {
    if (edit.start < at) throw new RangeError(`edits overlap at ${edit.start}`)
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** Sets a value below a map, making the maps between; an existing scalar is replaced. The value is written as given: quote it if need be. */
export function setIn(file: SourceFile, map: MapNode, keys: readonly string[], value: string, after?: Entry): TextEdit[] {
  if (keys.length === 0) return []
  const intent: Intent = { node: map, set: { keys, value: unquote(value) } }
  let at = map
  let path = keys
  // Down to the deepest map that exists.
  for (;;) {
    const [first, ...more] = path
    const entry = first === undefined ? undefined : at.index.get(first)
    if (first === undefined) return []
    if (!entry) return [{ ...insertion(file, at, nested(file, at, path, value), at === map ? after : undefined), intent }]
    if (more.length === 0) {
      if (!isScalar(entry.value)) return []
      if (entry.value.style === 'empty') return [{ start: entry.value.start, end: entry.value.start, text: ` ${value}`, intent }]
      return [{ start: entry.value.start, end: entry.value.end, text: value, intent }]
    }
    if (isMap(entry.value)) {
      at = entry.value
      path = more
      continue
    }
    // `with:` without anything below it.
    if (isScalar(entry.value) && entry.value.style === 'empty' && !at.flow) {
      const indent = ' '.repeat(columnOf(file, at) + 2)
      const body = nestedLines(more, value, indent).join(eolOf(file))
      const end = lineEnd(file, entry.value.start)
      return [{ start: end, end, text: `${eolOf(file)}${body}`, intent }]
    }
    return []
  }
}

/** Removes an entry with its line, and the map's key too when nothing else is in it (`owner` is the entry that holds the map). */
export function removeEntry(file: SourceFile, map: MapNode, key: string): TextEdit[] {
  const entry = map.index.get(key)
  if (!entry) return []
  const intent: Intent = { node: map, remove: key }
  if (map.flow) {
    const at = map.entries.indexOf(entry)
    const next = map.entries[at + 1]
    const previous = map.entries[at - 1]
    if (next) return [{ start: entry.start, end: next.start, text: '', intent }]
    if (previous) return [{ start: previous.end, end: entry.end, text: '', intent }]
    return [{ start: entry.start, end: entry.end, text: '', intent }]
  }
  const start = lineStart(file, entry.start)
  // The first key of a list item stands after its dash, which must stay.
  if (file.text.slice(start, entry.start).trim() !== '') {
    const next = map.entries[map.entries.indexOf(entry) + 1]
    return next ? [{ start: entry.start, end: next.start, text: '', intent }] : []
  }
  const end = endOfEntry(file, entry)
  return [{ start, end: file.text[end] === '\n' ? end + 1 : file.text.startsWith('\r\n', end) ? end + 2 : end, text: '', intent }]
}

/** Replaces a scalar's text as it stands in the file, quotes included. */
export function replaceScalar(scalar: ScalarNode, text: string): TextEdit[] {
  return [{ start: scalar.start, end: scalar.end, text, intent: { node: scalar, become: unquote(text) } }]
}

/** Text of a plain scalar if YAML reads it back as the same text, else single-quoted. */
export function quoteIfNeeded(value: string): string {
  const plain = /^[A-Za-z0-9_./$(][A-Za-z0-9_./$()@ +=,&|!<>*^%~{}'"-]*$/.test(value) && !/\s$|: | #|^\S*:$/.test(value)
  const typed = /^(?:true|false|null|yes|no|on|off|~|[-+]?\d[\d_.eExX]*)$/i.test(value)
  return plain && !typed ? value : `'${value.replaceAll("'", "''")}'`
}

function unquote(text: string): string {
  if (/^'.*'$/s.test(text)) return text.slice(1, -1).replaceAll("''", "'")
  if (/^"[^\\]*"$/s.test(text)) return text.slice(1, -1)
  return text
}

function nested(file: SourceFile, map: MapNode, keys: readonly string[], value: string): { flow: string; lines: string[] } {
  const flow = keys.reduceRight((inner, key, at) => (at === keys.length - 1 ? `${key}: ${inner}` : `${key}: { ${inner} }`), value)
  return { flow, lines: nestedLines(keys, value, ' '.repeat(columnOf(file, map))) }
}

function nestedLines(keys: readonly string[], value: string, indent: string): string[] {
  return keys.map((key, at) => `${indent}${'  '.repeat(at)}${key}:${at === keys.length - 1 ? ` ${value}` : ''}`)
}

function insertion(file: SourceFile, map: MapNode, what: { flow: string; lines: string[] }, after: Entry | undefined): TextEdit {
  const last = after ?? map.entries.at(-1)
  if (map.flow) {
    if (!last) return { start: map.start + 1, end: map.start + 1, text: ` ${what.flow} ` }
    return { start: last.end, end: last.end, text: `, ${what.flow}` }
  }
  const at = last ? endOfEntry(file, last) : lineEnd(file, map.start)
  return { start: at, end: at, text: eolOf(file) + what.lines.join(eolOf(file)) }
}

/** Column (0-based) at which the keys of a block map stand. */
export function columnOf(file: SourceFile, map: MapNode): number {
  for (const entry of map.entries) {
    const start = lineStart(file, entry.start)
    if (/^[ -]*$/.test(file.text.slice(start, entry.start))) return entry.start - start
  }
  return Math.max(0, map.indent)
}

/** End of the last line of an entry, its trailing comment included and the line break not. */
function endOfEntry(file: SourceFile, entry: Entry): number {
  let end = Math.max(entry.end, entry.key.end)
  // A block scalar's text runs up to the next token; blank lines after its last line of text are not where anything is added.
  while (end > entry.key.end && /\s/.test(file.text[end - 1] ?? '')) end--
  return lineEnd(file, end)
}

function lineStart(file: SourceFile, offset: number): number {
  return file.text.lastIndexOf('\n', offset - 1) + 1
}
/** Offset of the line break, or the end of the file. */
function lineEnd(file: SourceFile, offset: number): number {
  const end = file.text.indexOf('\n', offset)
  if (end === -1) return file.text.length
  return file.text[end - 1] === '\r' ? end - 1 : end
}
export function eolOf(file: SourceFile): string {
  return file.text.includes('\r\n') ? '\r\n' : '\n'
}
