import { pathOf, references, unwrap, walk, type Expression } from '../../expressions/ast.ts'
import { evaluate } from '../../expressions/evaluate.ts'
import { rangeOf } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const overprovisionedSecrets = defineRule({
  id: 'overprovisioned-secrets',
  title: 'Every secret reaches the job',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D6'],
  cwe: ['CWE-522', 'CWE-272'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-2'],
  attack: ['T1552'],
  fix: 'none',

  *expression(place) {
    const { expression } = place.embedded
    if (!expression) return
    for (const reference of references(expression)) {
      const path = pathOf(reference)
      if (path?.[0] !== 'secrets') continue
      if (path.length > 1 && (path[1] !== '*' || isKnownName(reference))) continue
      const whole = path.length === 1 || endsInStar(reference)
      const serialised = [...walk(expression)].some(
        (part) =>
          part.type === 'call' &&
          part.name.toLowerCase() === 'tojson' &&
          part.args[0] !== undefined &&
          unwrap(part.args[0]) === unwrap(reference),
      )
      yield {
        at: rangeOf(place),
        severity: whole ? 'high' : 'medium',
        message: whole
          ? `This ${serialised ? 'writes out' : 'takes'} all secrets of the repository and its organisation at once, where one is needed.`
          : 'The name of the secret is computed, so GitHub cannot tell which one it is and hands the runner all of them.',
      }
      return
    }
  },
})

/** An index that folds to a text names one secret. */
function isKnownName(reference: Expression): boolean {
  for (let at = unwrap(reference); at.type === 'index' || at.type === 'property' || at.type === 'star'; at = unwrap(at.object)) {
    if (at.type === 'index' && unwrap(at.object).type === 'name') return evaluate(at.index) !== undefined
  }
  return false
}

function endsInStar(reference: Expression): boolean {
  for (let at = unwrap(reference); at.type === 'index' || at.type === 'property' || at.type === 'star'; at = unwrap(at.object))
    if (at.type === 'star') return true
  return false
}
