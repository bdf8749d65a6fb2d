import { defineRule } from '../../rule.ts'

export const refConfusion = defineRule({
  id: 'ref-confusion',
  title: 'The version is both a branch and a tag',
  severity: 'medium',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E5'],
  cwe: ['CWE-706'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *uses(uses, _place, { resolver }) {
    if (uses.kind !== 'repository' || uses.ref === '') return
    if (resolver.repository(uses.slug)?.sameNames?.has(uses.ref))
      yield {
        at: uses.node,
        message: `${uses.slug} has a branch and a tag named \`${uses.ref}\`: which one runs is not what a reader would say, and the branch moves with every push.`,
      }
  },
})
