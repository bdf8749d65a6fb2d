import { ARCHIVED } from '../../data/facts.ts'
import { defineRule } from '../../rule.ts'

export const archivedAction = defineRule({
  id: 'archived-action',
  title: 'An action whose repository is archived',
  severity: 'low',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E9'],
  cwe: ['CWE-1104'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *uses(uses) {
    const instead = ARCHIVED.get(uses.slug)
    if (uses.kind === 'repository' && instead !== undefined)
      yield {
        at: uses.node,
        message: `\`${uses.slug}\` is not maintained any more: a vulnerability in it stays${instead === '' ? '' : `; use ${instead}`}.`,
      }
  },
})
