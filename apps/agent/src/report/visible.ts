/*
 * Text from a job on a terminal. Names are chosen by whoever wrote the job: an escape sequence could rewrite the summary, a bidi
 * control could make it read backwards. Nothing that the terminal would act on gets through; it is shown as what it is.
 */

/** C0, DEL, C1; bidi and zero-width controls; line and paragraph separators; tags; private use and lone surrogates. */
const UNSAFE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- controls and selectors, one by one, are what this looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{e0000}-\u{e0fff}]|\p{Co}|\p{Cs}/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e', '\0': '\\0' }

/** The same text with everything a terminal could act on made visible, such as `\e` or `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (unsafe) => SHORT[unsafe] ?? `\\u{${(unsafe.codePointAt(0) ?? 0).toString(16)}}`)
}

/** Columns that already visible text takes: wide characters two, combining ones none. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** At most `columns` wide, cut in the middle: of a path or a host both ends matter. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  const characters = Array.from(text)
  const half = Math.floor((columns - 1) / 2)
  let head = ''
  for (let index = 0, used = 0; index < characters.length; index++) {
    used += columnsOf(characters[index] ?? '')
    if (used > columns - 1 - half) break
    head += characters[index]
  }
  let tail = ''
  for (let index = characters.length - 1, used = 0; index >= 0; index--) {
    used += columnsOf(characters[index] ?? '')
    if (used > half) break
    tail = characters[index] + tail
  }
  return `${head}…${tail}`
}

function columnsOf(character: string): number {
  if (/^\p{M}$/u.test(character)) return 0
  const code = character.codePointAt(0) ?? 0
  // The blocks of East Asian Width W and F (UAX #11), and emoji.
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? 2 : 1
}
