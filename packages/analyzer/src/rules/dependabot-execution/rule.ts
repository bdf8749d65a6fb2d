import { scalarOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const dependabotExecution = defineRule({
  id: 'dependabot-execution',
  title: 'Dependabot may run the packages’ code',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F8'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3', 'CICD-SEC-4'],
  fix: 'none',

  *dependabot(configuration) {
    for (const update of configuration.updates) {
      const setting = scalarOf(update.node, 'insecure-external-code-execution')
      if (setting?.value === 'allow')
        yield { at: setting, message: 'Code of the packages runs during the update, with the credentials of the private registries.' }
    }
  },
})
