import { defineRule } from '../../rule.ts'

export const localActionReference = defineRule({
  id: 'local-action-reference',
  title: 'A local action is taken from the working folder',
  severity: 'low',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E18'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3', 'CICD-SEC-4'],
  fix: 'none',

  *uses(uses, place) {
    if (uses.kind !== 'local' || place.kind === 'job' || place.action) return
    yield {
      at: uses.node,
      level: 'audit',
      message: `\`${uses.text}\` is whatever lies in the working folder when the step starts; \`$/${uses.path}\` would be this repository at the running commit.`,
    }
  },
})
