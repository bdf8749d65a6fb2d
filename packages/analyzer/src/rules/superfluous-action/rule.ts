import { SUPERFLUOUS } from '../../data/facts.ts'
import { defineRule } from '../../rule.ts'

export const superfluousAction = defineRule({
  id: 'superfluous-action',
  title: 'An action does what a program on the runner does',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E14'],
  cwe: ['CWE-1357'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *uses(uses) {
    const instead = SUPERFLUOUS.get(uses.slug)
    if (uses.kind === 'repository' && instead !== undefined)
      yield { at: uses.node, message: `${instead} does the same without somebody else’s code.` }
  },
})
