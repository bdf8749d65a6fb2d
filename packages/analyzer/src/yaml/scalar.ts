/*
 * Decodes scalars and remembers where each piece of the value stands in the file. The rules are YAML 1.2's, chapters 7.3 (flow
 * scalars) and 8.1 (block scalars).
 */

export interface Decoded {
  readonly value: string
  /** See `ScalarNode.pieces`. */
  readonly pieces: number[]
}

/** Joins pieces of source and made-up text into a value with its map. */
interface Builder {
  value: string
  readonly pieces: number[]
}

function copy(into: Builder, source: string, from: number, to: number, base: number): void {
  if (to <= from) return
  into.pieces.push(into.value.length, base + from, to - from)
  into.value += source.slice(from, to)
}

/** Plain scalar: one line is itself; several are folded. */
export function decodePlain(source: string, offset: number): Decoded {
  if (!source.includes('\n')) return { value: source, pieces: [0, offset, source.length] }
  return foldFlow(source, 0, source.length, offset, (into, from, to) => copy(into, source, from, to, offset))
}

export function decodeSingleQuoted(source: string, offset: number): Decoded {
  const end = source.length > 1 && source.endsWith("'") ? source.length - 1 : source.length
  if (!source.includes('\n') && source.indexOf("''", 1) === -1) {
    return { value: source.slice(1, end), pieces: [0, offset + 1, Math.max(0, end - 1)] }
  }
  return foldFlow(source, 1, end, offset, (into, from, to) => {
    let start = from
    for (let at = from; at < to; at++) {
      if (source[at] === "'" && source[at + 1] === "'" && at + 1 < to) {
        copy(into, source, start, at + 1, offset)
        at++
        start = at + 1
      }
    }
    copy(into, source, start, to, offset)
  })
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
}
const HEX: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

export function decodeDoubleQuoted(source: string, offset: number): Decoded {
  const end = source.length > 1 && source.endsWith('"') ? source.length - 1 : source.length
  if (!source.includes('\n') && !source.includes('\\')) {
    return { value: source.slice(1, end), pieces: [0, offset + 1, Math.max(0, end - 1)] }
  }
  const into: Builder = { value: '', pieces: [] }
  let start = 1
  let at = 1
  while (at < end) {
    const char = source[at]
    if (char === '\\') {
      copy(into, source, start, at, offset)
      const next = source[at + 1] ?? ''
      if (next === '\n' || (next === '\r' && source[at + 2] === '\n')) {
        // An escaped line break joins the lines without a space.
        at += next === '\r' ? 3 : 2
        while (source[at] === ' ' || source[at] === '\t') at++
      } else {
        const digits = HEX[next]
        const code = digits === undefined ? Number.NaN : Number.parseInt(source.slice(at + 2, at + 2 + digits), 16)
        let length = 2
        let made = ESCAPES[next] ?? `\\${next}`
        if (digits !== undefined && !Number.isNaN(code) && code <= 0x10ffff) {
          made = String.fromCodePoint(code)
          length = 2 + digits
        }
        into.pieces.push(into.value.length, offset + at, 1)
        into.value += made
        at += length
      }
      start = at
    } else if (char === '\n') {
      let last = at
      while (last > start && /[ \t\r]/.test(source[last - 1] ?? '')) last--
      copy(into, source, start, last, offset)
      const [next, breaks] = skipBreaks(source, at, end)
      into.value += breaks > 1 ? '\n'.repeat(breaks - 1) : ' '
      at = next
      start = at
    } else at++
  }
  copy(into, source, start, end, offset)
  return into
}

/** Folds the lines of a plain or single-quoted scalar, handing each trimmed line to `emit`. */
function foldFlow(
  source: string,
  from: number,
  to: number,
  _offset: number,
  emit: (into: Builder, from: number, to: number) => void,
): Decoded {
  const into: Builder = { value: '', pieces: [] }
  let start = from
  for (;;) {
    const line = source.indexOf('\n', start)
    if (line === -1 || line >= to) {
      emit(into, start, to)
      return into
    }
    let last = line
    while (last > start && /[ \t\r]/.test(source[last - 1] ?? '')) last--
    emit(into, start, last)
    const [next, breaks] = skipBreaks(source, line, to)
    into.value += breaks > 1 ? '\n'.repeat(breaks - 1) : ' '
    start = next
  }
}

/** Skips white space from a line break on; returns where the next text is and how many breaks were skipped. */
function skipBreaks(source: string, from: number, to: number): [number, number] {
  let at = from
  let breaks = 0
  while (at < to) {
    const char = source[at]
    if (char === '\n') breaks++
    else if (char !== ' ' && char !== '\t' && char !== '\r') break
    at++
  }
  return [at, breaks]
}

/**
 * Block scalar (`|` or `>`).
 *
 * @param header The indicator and what follows it on its line, such as `|-` or `>2`.
 * @param body   The lines below it, as they stand.
 * @param offset Offset of `body` in the file.
 * @param parent Indentation of the surrounding collection, for an explicit indentation indicator.
 */
export function decodeBlock(header: string, body: string, offset: number, parent: number): Decoded {
  const folded = header.startsWith('>')
  const explicit = /[1-9]/.exec(header)
  const chomp = header.includes('-') ? 'strip' : header.includes('+') ? 'keep' : 'clip'
  const lines = linesOf(body)
  const indent = explicit ? Math.max(0, parent) + Number(explicit[0]) : (lines.find((line) => line.text < line.end)?.indent ?? 0)

  const into: Builder = { value: '', pieces: [] }
  // The last line with text ends the content; what follows is for chomping to decide.
  let last = lines.length
  while (last > 0 && isBlank(lines[last - 1], indent)) last--

  let pending = 0
  let previous: 'none' | 'text' | 'more' = 'none'
  for (let index = 0; index < last; index++) {
    const line = lines[index]
    if (line === undefined) continue
    if (isBlank(line, indent)) {
      pending++
      continue
    }
    const from = Math.min(line.start + indent, line.end)
    const more = /[ \t]/.test(body[from] ?? '')
    if (previous !== 'none') {
      if (!folded || more || previous === 'more') into.value += '\n'.repeat(pending + 1)
      else into.value += pending > 0 ? '\n'.repeat(pending) : ' '
    } else into.value += '\n'.repeat(pending)
    pending = 0
    copy(into, body, from, line.end, offset)
    previous = more ? 'more' : 'text'
  }
  const trailing = lines.length - last
  if (chomp === 'keep') into.value += '\n'.repeat(last > 0 && previous !== 'none' ? trailing + (body.endsWith('\n') ? 1 : 0) : trailing)
  else if (chomp === 'clip' && previous !== 'none') into.value += '\n'
  return into
}

interface Line {
  readonly start: number
  readonly end: number
  readonly indent: number
  /** Where its text begins. */
  readonly text: number
}

function linesOf(body: string): Line[] {
  const lines: Line[] = []
  let start = 0
  while (start < body.length) {
    let end = body.indexOf('\n', start)
    const next = end === -1 ? body.length : end + 1
    if (end === -1) end = body.length
    if (end > start && body[end - 1] === '\r') end--
    let text = start
    while (text < end && body[text] === ' ') text++
    lines.push({ start, end, indent: text - start, text })
    start = next
  }
  return lines
}

function isBlank(line: Line | undefined, indent: number): boolean {
  return line === undefined || (line.text >= line.end && line.end - line.start <= indent)
}
