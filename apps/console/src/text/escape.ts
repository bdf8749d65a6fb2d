/*
 * Text that a job controls, made safe to look at. Markup is React's business (it never parses our strings); this is about
 * characters that change how other characters look: controls, bidirectional overrides, invisible and stacked marks.
 */

/** A stretch of harmless text, or one character that is shown by its name instead of its effect. */
export type Segment = { readonly text: string } | { readonly mark: string; readonly name: string }

/**
 * Everything that has no honest glyph: controls (Cc), formats incl. bidi (Cf), lone surrogates (Cs), private use (Co),
 * unassigned (Cn), line and paragraph separators, default-ignorable characters, spaces that are not U+0020, and more than two
 * combining marks in a row (a letter may carry two; a tower of them hides its neighbours).
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|[^\S ]|(?<=\p{M}{2})\p{M}/gu

/** Names of those that people meet; others are shown by their number alone. Source: Unicode character names. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'NULL'],
  [0x07, 'BELL'],
  [0x08, 'BACKSPACE'],
  [0x09, 'TAB'],
  [0x0a, 'LINE FEED'],
  [0x0d, 'CARRIAGE RETURN'],
  [0x1b, 'ESCAPE'],
  [0x7f, 'DELETE'],
  [0xa0, 'NO-BREAK SPACE'],
  [0xad, 'SOFT HYPHEN'],
  [0x061c, 'ARABIC LETTER MARK'],
  [0x200b, 'ZERO WIDTH SPACE'],
  [0x200c, 'ZERO WIDTH NON-JOINER'],
  [0x200d, 'ZERO WIDTH JOINER'],
  [0x200e, 'LEFT-TO-RIGHT MARK'],
  [0x200f, 'RIGHT-TO-LEFT MARK'],
  [0x2028, 'LINE SEPARATOR'],
  [0x2029, 'PARAGRAPH SEPARATOR'],
  [0x202a, 'LEFT-TO-RIGHT EMBEDDING'],
  [0x202b, 'RIGHT-TO-LEFT EMBEDDING'],
  [0x202c, 'POP DIRECTIONAL FORMATTING'],
  [0x202d, 'LEFT-TO-RIGHT OVERRIDE'],
  [0x202e, 'RIGHT-TO-LEFT OVERRIDE'],
  [0x2060, 'WORD JOINER'],
  [0x2066, 'LEFT-TO-RIGHT ISOLATE'],
  [0x2067, 'RIGHT-TO-LEFT ISOLATE'],
  [0x2068, 'FIRST STRONG ISOLATE'],
  [0x2069, 'POP DIRECTIONAL ISOLATE'],
  [0xfeff, 'BYTE ORDER MARK'],
])

/** Short names of control characters, as terminals and standards write them (ECMA-48). Pictures of them are in few fonts. */
const CONTROL_NAMES =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(' ')

/**
 * Splits text into what may be shown as it is and what must be shown by name. Joining `text` and `mark` gives what the
 * reader sees; nothing of the original is dropped.
 */
export function segments(value: string): readonly Segment[] {
  const found: Segment[] = []
  let from = 0
  for (const match of value.matchAll(DECEPTIVE)) {
    if (match.index > from) found.push({ text: value.slice(from, match.index) })
    found.push(markOf(match[0]))
    from = match.index + match[0].length
  }
  if (from < value.length) found.push({ text: value.slice(from) })
  return found
}

/** The same as one plain string, for attributes, titles and the clipboard's announcement. */
export function visible(value: string): string {
  return value.replace(DECEPTIVE, (character) => {
    const segment = markOf(character)
    return 'mark' in segment ? segment.mark : segment.text
  })
}

/** Whether anything in it must be shown by name. */
export function isDeceptive(value: string): boolean {
  return value.search(DECEPTIVE) !== -1
}

function markOf(character: string): Segment {
  const code = character.codePointAt(0) ?? 0
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const known = NAMES.get(code)
  const name = known === undefined ? number : `${number} ${known}`
  const short = code === 0x7f ? 'DEL' : CONTROL_NAMES[code]
  return { mark: `‹${short ?? number}›`, name }
}

/** A long text with its middle left out. */
export interface Cut {
  readonly head: string
  readonly tail: string
  /** Characters (UTF-16 units) left out between the two; 0 when nothing is. */
  readonly omitted: number
}

/**
 * Keeps the beginning and the end, where paths, hosts and hashes differ. Never cuts through a surrogate pair.
 * @param tailLength Units to keep at the end; the rest of `max` goes to the beginning.
 */
export function cutMiddle(value: string, max: number, tailLength: number): Cut {
  const tailFrom = boundary(value, Math.max(0, value.length - tailLength))
  if (value.length <= max) return { head: value.slice(0, tailFrom), tail: value.slice(tailFrom), omitted: 0 }
  const headTo = boundary(value, Math.max(0, max - tailLength))
  return { head: value.slice(0, headTo), tail: value.slice(tailFrom), omitted: tailFrom - headTo }
}

/** Moves a cut that would split a surrogate pair one unit to the left. */
function boundary(value: string, at: number): number {
  const unit = value.charCodeAt(at)
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
