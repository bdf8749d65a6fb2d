import { pathOf, unwrap, walk } from '../../expressions/ast.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const overprovisionedSecrets = defineRule({
  id: 'overprovisioned-secrets',
  title: 'The whole secrets context is handed over',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D6'],
  cwe: ['CWE-200'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1003.007'],
  fix: 'none',

  *expression(place) {
    const { expression } = place.embedded
    if (!expression) return
    for (const part of walk(expression)) {
      const wholesale =
        part.type === 'call' &&
        part.name.toLowerCase() === 'tojson' &&
        part.args[0] &&
        pathOf(unwrap(part.args[0]))?.join('.') === 'secrets'
      const computed = part.type === 'index' && pathOf(part.object)?.join('.') === 'secrets' && unwrap(part.index).type !== 'literal'
      const all = part.type === 'star' && pathOf(part.object)?.join('.') === 'secrets'
      if (!wholesale && !computed && !all) continue
      yield {
        at: rangeIn(place, part),
        severity: computed ? 'low' : 'medium',
        message: computed
          ? 'A computed name makes GitHub hand every secret to the runner, not only the one that is meant.'
          : 'This hands every secret of the repository and the organisation to one step.',
      }
    }
  },
})
