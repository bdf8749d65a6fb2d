/* Finds the expressions in a scalar: `${{ … }}` anywhere, or the whole text of an `if`. */
import type { ScalarNode } from '../yaml/tree.ts'
import type { Expression } from './ast.ts'
import { parseExpression, type ParseError } from './parser.ts'

export interface Embedded {
  /** Undefined when the text is no valid expression. */
  readonly expression?: Expression
  readonly error?: ParseError
  /** In the scalar's value, `${{` and `}}` included. */
  readonly start: number
  readonly end: number
  /** Whether it stands in `${{ }}`. */
  readonly fenced: boolean
}

const NONE: readonly Embedded[] = []

/** The `${{ }}` expressions of a scalar, in order. Parsed once per node. */
export function expressionsOf(scalar: ScalarNode): readonly Embedded[] {
  return (scalar.embedded ??= scalar.value.includes('${{') ? findEmbedded(scalar.value) : NONE)
}

/** The `${{ }}` expressions of a text, in order. */
export function findEmbedded(text: string): Embedded[] {
  const found: Embedded[] = []
  let at = text.indexOf('${{')
  while (at !== -1) {
    const parsed = parseExpression(text, at + 3)
    let end = parsed.end
    if (text.startsWith('}}', end)) {
      end += 2
      found.push({ ...strip(parsed), start: at, end, fenced: true })
    } else {
      // Broken inside: what follows the next `}}` is read again, so one slip does not hide the rest.
      const close = text.indexOf('}}', end)
      const error = parsed.error ?? { message: 'The expression is not closed with "}}".', start: at, end: Math.min(text.length, at + 3) }
      end = close === -1 ? text.length : close + 2
      found.push({ error, start: at, end, fenced: true })
    }
    at = text.indexOf('${{', end)
  }
  return found
}

function strip(parsed: { expression?: Expression; error?: ParseError }): { expression?: Expression; error?: ParseError } {
  if (parsed.error) return { error: parsed.error }
  return parsed.expression ? { expression: parsed.expression } : {}
}

/**
 * The condition of an `if`. Without `${{` the whole text is one expression; with text outside of one `${{ }}` GitHub makes a
 * text of it, which is always true: that is `mixed`.
 */
export function conditionOf(scalar: ScalarNode): Embedded & { readonly mixed: boolean } {
  const { value } = scalar
  if (!value.includes('${{')) {
    const parsed = parseExpression(value)
    // `}}` alone ends the parser early; in a bare condition it is a mistake.
    const error =
      parsed.error ??
      (value.slice(parsed.end).trim() === '' ? undefined : { message: 'Unexpected "}}".', start: parsed.end, end: parsed.end + 2 })
    if (error) return { error, start: 0, end: value.length, fenced: false, mixed: false }
    return { ...strip(parsed), start: 0, end: value.length, fenced: false, mixed: false }
  }
  const embedded = expressionsOf(scalar)
  const [first] = embedded
  const mixed = embedded.length !== 1 || first === undefined || value.slice(0, first.start) !== '' || value.slice(first.end) !== ''
  if (first && embedded.length === 1) return { ...first, mixed }
  return { start: 0, end: value.length, fenced: true, mixed: true }
}
