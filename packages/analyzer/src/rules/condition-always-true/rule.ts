import { references, unwrap, walk, type Expression } from '../../expressions/ast.ts'
import { expressionsOf } from '../../expressions/embedded.ts'
import { truthOf } from '../../expressions/evaluate.ts'
import type { Fix, Refusal } from '../../rule.ts'
import { parseExpression } from '../../expressions/parser.ts'
import type { ScalarNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const conditionAlwaysTrue = defineRule({
  id: 'condition-always-true',
  title: 'A condition is always true',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['C3'],
  cwe: ['CWE-571'],
  cicd: ['CICD-SEC-1'],
  fix: 'review',

  *expression(place) {
    const { embedded, role, scalar, mixed } = place
    if (role !== 'if') return
    const file = place.unit.file
    if (mixed && expressionsOf(scalar).length > 0) {
      const only = expressionsOf(scalar)
      const around = scalar.value.slice(0, only[0]?.start ?? 0) + scalar.value.slice(only.at(-1)?.end ?? 0)
      const trailing = only.length === 1 && around.trim() === ''
      yield {
        at: scalar,
        message: trailing
          ? 'The line break after `}}` makes this a text, and a text that is not empty is always true.'
          : 'Text outside of `${{ }}` makes the whole condition a text, and a text that is not empty is always true.',
        fix: () => fixFor(scalar, file.text.slice(scalar.start, scalar.end), trailing),
      }
      return
    }
    if (!embedded.expression) return
    const inner = unwrap(embedded.expression)
    // `if: true` and `if: always()` are written on purpose.
    if (inner.type === 'literal' && typeof inner.value === 'boolean') return
    if (inner.type === 'call' && inner.args.length === 0) return
    if (
      (inner.type === 'literal' && typeof inner.value === 'string' && inner.value !== '') ||
      (hasReference(embedded.expression) && truthOf(embedded.expression) === true && !callsStatus(embedded.expression))
    ) {
      yield { at: scalar, severity: 'medium', confidence: 'medium', message: 'This condition is true whatever its parts are.' }
    }
  },
})

function hasReference(expression: Expression): boolean {
  return references(expression).length > 0
}

function callsStatus(expression: Expression): boolean {
  for (const part of walk(expression)) if (part.type === 'call' && /^(?:always|success|failure|cancelled)$/i.test(part.name)) return true
  return false
}

const CAUTION = 'The condition starts to count: what ran always until now may be skipped.'

function fixFor(scalar: ScalarNode, source: string, trailing: boolean): Fix | Refusal {
  if (trailing && /^[|>]\s*(?:#.*)?\r?\n/.test(source)) {
    const value = scalar.value.replace(/\n+$/, '')
    return {
      safety: 'review',
      title: 'Strip the line break with `-`',
      caution: CAUTION,
      edits: [{ start: scalar.start + 1, end: scalar.start + 1, text: '-', intent: { node: scalar, become: value } }],
    }
  }
  if (scalar.style !== 'plain') return { refused: 'The condition is quoted or a block; it has to be rewritten by hand.' }
  const bare = scalar.value.replaceAll(/\$\{\{\s*|\s*\}\}/g, '')
  const parsed = parseExpression(bare)
  if (parsed.error || parsed.end !== bare.length) return { refused: 'Without the fences this is no expression.' }
  // YAML would read these beginnings as something else than text.
  if (/^[!&*|>'"%@`[{#]|: | #/.test(bare)) return { refused: 'Without the fences YAML would not read this as text.' }
  return {
    safety: 'review',
    title: 'Write one expression without fences',
    caution: CAUTION,
    edits: [{ start: scalar.start, end: scalar.end, text: bare, intent: { node: scalar, become: bare } }],
  }
}
