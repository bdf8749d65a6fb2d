/* Reads a hunt query. Never throws: a query that cannot be read says where and why. */
import { EVENT_KINDS } from '../event.ts'
import { addressHex, parseRange, rangeText } from './address.ts'
import {
  foldCase,
  HUNT_FIELDS,
  HUNT_LIMITS,
  TEXT_FIELDS,
  type HuntExpression,
  type HuntTerm,
  type Pattern,
  type TextField,
} from './language.ts'
import { parseMoment } from './moment.ts'

export type HuntParse =
  | { readonly ok: true; readonly expression: HuntExpression }
  /** `at` counts UTF-16 units from 0. */
  | { readonly ok: false; readonly at: number; readonly message: string }

/**
 * Parses a query.
 *
 * @param now Microseconds since the Unix epoch, for times such as `since:7d`.
 */
export function parseHunt(text: string, now: number): HuntParse {
  if (text.length > HUNT_LIMITS.characters) return { ok: false, at: 0, message: `a query has at most ${HUNT_LIMITS.characters} characters` }
  const tokens: Token[] = []
  const wrong = tokenize(text.toWellFormed(), now, tokens)
  if (wrong !== undefined) return { ok: false, ...wrong }
  const reader: Reader = { tokens, next: 0, depth: 0, end: text.length }
  const expression = readOr(reader)
  if ('message' in expression) return { ok: false, ...expression }
  const left = tokens[reader.next]
  if (left !== undefined) return { ok: false, at: left.at, message: 'this `)` closes nothing' }
  return { ok: true, expression }
}

interface Fault {
  readonly at: number
  readonly message: string
}
type Token =
  | { readonly type: '(' | ')' | 'and' | 'or' | 'not'; readonly at: number }
  | { readonly type: 'term'; readonly at: number; readonly term: HuntTerm }

/** Fills `tokens`; returns what is wrong, if anything. */
function tokenize(text: string, now: number, tokens: Token[]): Fault | undefined {
  let at = 0
  let terms = 0
  while (at < text.length) {
    const rest = /\s+/y
    rest.lastIndex = at
    const space = rest.exec(text)
    if (space !== null) {
      at += space[0].length
      continue
    }
    const char = text[at]
    if (char === '(' || char === ')') {
      tokens.push({ type: char, at })
      at++
      continue
    }
    const word = /[^\s():"]*/y
    word.lastIndex = at
    const name = (word.exec(text)?.[0] ?? '').toLowerCase()
    if (text[at + name.length] !== ':') {
      if (name === 'and' || name === 'or' || name === 'not') {
        tokens.push({ type: name, at })
        at += name.length
        continue
      }
      return { at, message: 'a term is written field:value, such as domain:example.test' }
    }
    if (!HUNT_FIELDS.some((field) => field.name === name)) {
      return { at, message: `there is no field "${name.slice(0, 40)}"; fields are ${HUNT_FIELDS.map((field) => field.name).join(', ')}` }
    }
    if (++terms > HUNT_LIMITS.terms) return { at, message: `a query has at most ${HUNT_LIMITS.terms} terms` }
    const valueAt = at + name.length + 1
    const value = readValue(text, valueAt)
    if ('message' in value) return value
    const term = termOf(name, value.pattern, now)
    if (typeof term === 'string') return { at: valueAt, message: term }
    tokens.push({ type: 'term', at, term })
    at = value.end
  }
  return undefined
}

/** A value, quoted or bare. `*` is a gap, a backslash takes the next character as it is. */
function readValue(text: string, from: number): { readonly pattern: Pattern; readonly end: number } | Fault {
  const quoted = text[from] === '"'
  const pieces: string[] = ['']
  let at = quoted ? from + 1 : from
  for (; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quoted ? char === '"' : /[\s()]/.test(char)) break
    if (!quoted && char === '"') return { at, message: 'a quote may only stand at the beginning of a value; write \\" for one inside' }
    if (char === '*') {
      // Two gaps in a row are one.
      if (pieces.length === 1 || pieces.at(-1) !== '') pieces.push('')
    } else if (char === '\\') {
      at++
      if (at === text.length) return { at: at - 1, message: 'a backslash must be followed by the character it protects' }
      append(pieces, text[at] ?? '')
    } else append(pieces, char)
  }
  if (quoted && at >= text.length) return { at: from, message: 'the quote is not closed' }
  if (quoted) at++
  if (quoted && at < text.length && !/[\s()]/.test(text[at] ?? '')) return { at, message: 'a space is missing after the quote' }
  if (pieces.length === 1 && pieces[0] === '') return { at: from, message: 'a value is missing' }
  return { pattern: pieces, end: at }
}

function append(pieces: string[], text: string): void {
  pieces[pieces.length - 1] = (pieces.at(-1) ?? '') + text
}

/** The term, or why it is none. */
function termOf(name: string, pattern: Pattern, now: number): HuntTerm | string {
  const exact = pattern.length === 1 ? (pattern[0] ?? '') : undefined
  switch (name) {
    case 'kind': {
      const kind = EVENT_KINDS.find((known) => known === exact?.toLowerCase())
      return kind === undefined ? `a kind is one of ${EVENT_KINDS.join(', ')}` : { type: 'kind', kind }
    }
    case 'ip': {
      const range = exact === undefined ? undefined : parseRange(exact)
      if (range === undefined) return 'an address is written like 192.0.2.1, 2001:db8::1, or as a range like 192.0.2.0/24'
      return { type: 'ip', low: addressHex(range.low), high: addressHex(range.high), text: rangeText(range) }
    }
    case 'port': {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(exact ?? '')
      const low = Number(match?.[1] ?? Number.NaN)
      const high = Number(match?.[2] ?? low)
      return low >= 1 && low <= high && high <= 65_535
        ? { type: 'port', low, high }
        : 'a port is a number from 1 to 65535, or a range like 8000-8999'
    }
    case 'step':
      return { type: 'step', step: /^\d{1,5}$/.test(exact ?? '') && Number(exact) <= 65_535 ? Number(exact) : pattern }
    case 'since':
    case 'until': {
      const time = exact === undefined ? undefined : parseMoment(exact, now)
      if (time === undefined) return 'a time is written like 2026-11-22, 2026-11-22T12:30Z, or how long ago, like 90m, 24h, 7d, 4w'
      return { type: name, time }
    }
    default:
      return textTerm(name, pattern)
  }
}

/** Fields whose values have no capitals in the store, or in which capitals mean nothing. */
const FOLDED: ReadonlySet<string> = new Set(['domain', 'host', 'sha256', 'op', 'verdict', 'repository', 'action', 'run'])

function textTerm(name: string, pattern: Pattern): HuntTerm | string {
  const field = TEXT_FIELDS.find((known) => known === name)
  if (field === undefined) return `there is no field "${name}"`
  const folded = FOLDED.has(name) ? foldPattern(field, pattern) : pattern
  if (field === 'sha256' && pattern.length === 1 && !/^[0-9a-f]{64}$/.test(folded[0] ?? '')) return 'a SHA-256 has 64 hex digits'
  if (field === 'argv' && folded.every((piece) => piece === '')) return 'a value is missing'
  return { type: 'text', field, pattern: field === 'argv' ? contains(folded) : folded }
}

/** The ref of an action keeps its capitals: git tells them apart. */
function foldPattern(field: TextField, pattern: Pattern): Pattern {
  if (field !== 'action') return pattern.map(foldCase)
  let seen = false
  return pattern.map((piece) => {
    const at = seen ? 0 : piece.indexOf('@')
    if (at === -1) return foldCase(piece)
    seen = true
    return foldCase(piece.slice(0, at)) + piece.slice(at)
  })
}

/** A command line is asked for what it contains. */
function contains(pattern: Pattern): Pattern {
  const inner = pattern.slice(pattern[0] === '' ? 1 : 0, pattern.length > 1 && pattern.at(-1) === '' ? -1 : undefined)
  return ['', ...inner, '']
}

interface Reader {
  readonly tokens: readonly Token[]
  next: number
  depth: number
  readonly end: number
}

function readOr(reader: Reader): HuntExpression | Fault {
  return readJoined(reader, 'or', (inner) => readJoined(inner, 'and', readNot))
}

function readJoined(reader: Reader, type: 'and' | 'or', readItem: (reader: Reader) => HuntExpression | Fault): HuntExpression | Fault {
  const items: HuntExpression[] = []
  for (;;) {
    const item = readItem(reader)
    if ('message' in item) return item
    // (a and b) and c is a and b and c.
    if (item.type === type) items.push(...item.items)
    else items.push(item)
    const next = reader.tokens[reader.next]
    if (next?.type === type) reader.next++
    // Terms that stand beside each other are joined by `and`.
    else if (type === 'or' || next === undefined || next.type === ')' || next.type === 'or') break
  }
  const [only] = items
  return items.length === 1 && only !== undefined ? only : { type, items }
}

function readNot(reader: Reader): HuntExpression | Fault {
  const token = reader.tokens[reader.next]
  if (token === undefined) return { at: reader.end, message: 'a term is missing here' }
  reader.next++
  switch (token.type) {
    case 'term':
      return token.term
    case 'not':
    case '(': {
      if (++reader.depth > HUNT_LIMITS.depth) return { at: token.at, message: `a query nests at most ${HUNT_LIMITS.depth} deep` }
      const item = token.type === 'not' ? readNot(reader) : readGroup(reader, token.at)
      reader.depth--
      if ('message' in item || token.type === '(') return item
      return item.type === 'not' ? item.item : { type: 'not', item }
    }
    default:
      return { at: token.at, message: `a term is missing before this \`${token.type}\`` }
  }
}

function readGroup(reader: Reader, at: number): HuntExpression | Fault {
  const inner = readOr(reader)
  if ('message' in inner) return inner
  if (reader.tokens[reader.next]?.type !== ')') return { at, message: 'this `(` is not closed' }
  reader.next++
  return inner
}
