/* Tokens of GitHub's expression language (docs.github.com, "Evaluate expressions in workflows and actions"). */

export type TokenType = 'name' | 'number' | 'string' | 'operator' | 'error' | 'end'

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly start: number
  readonly end: number
}

const NAME_START = /[A-Za-z_]/
const NAME_PART = /[A-Za-z0-9_-]/

/** Next token from `at` on; at the end of the text, or at a `}}` outside a string, the type is `end`. */
export function nextToken(text: string, from: number): Token {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at++
  const char = text[at]
  if (char === undefined || (char === '}' && text[at + 1] === '}')) return { type: 'end', text: '', start: at, end: at }
  const start = at

  if (char === "'") {
    at++
    for (;;) {
      const quote = text.indexOf("'", at)
      if (quote === -1) return { type: 'error', text: 'unterminated string', start, end: text.length }
      if (text[quote + 1] !== "'")
        return { type: 'string', text: text.slice(start + 1, quote).replaceAll("''", "'"), start, end: quote + 1 }
      at = quote + 2
    }
  }

  if (/[0-9.+-]/.test(char) && !(char === '.' && !/[0-9]/.test(text[at + 1] ?? ''))) {
    while (at < text.length && /[0-9A-Za-z_.+-]/.test(text[at] ?? '')) at++
    const raw = text.slice(start, at)
    return { type: isNumber(raw) ? 'number' : 'error', text: raw, start, end: at }
  }

  if (NAME_START.test(char)) {
    while (at < text.length && NAME_PART.test(text[at] ?? '')) at++
    return { type: 'name', text: text.slice(start, at), start, end: at }
  }

  const two = text.slice(at, at + 2)
  if (two === '==' || two === '!=' || two === '<=' || two === '>=' || two === '&&' || two === '||') {
    return { type: 'operator', text: two, start, end: at + 2 }
  }
  if ('()[].,*!<>'.includes(char)) return { type: 'operator', text: char, start, end: at + 1 }
  return { type: 'error', text: char, start, end: at + 1 }
}

/** Numbers as GitHub takes them: decimal with an exponent, hexadecimal, octal, `Infinity`, `NaN`. */
function isNumber(raw: string): boolean {
  return (
    /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Infinity)$/.test(raw) ||
    /^0x[0-9a-fA-F]+$/.test(raw) ||
    /^0o[0-7]+$/.test(raw)
  )
}
