import { replaceScalar } from '../../fix/edit.ts'
import { defineRule } from '../../rule.ts'
import { scalarOf } from '../../yaml/tree.ts'

export const dependabotExecution = defineRule({
  id: 'dependabot-execution',
  title: 'Dependabot runs code of the packages it updates',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F8'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.001'],
  fix: 'review',

  *dependabot(configuration) {
    for (const update of configuration.updates) {
      const value = scalarOf(update.node, 'insecure-external-code-execution')
      if (value?.value.trim() !== 'allow') continue
      yield {
        at: value,
        message: `Updates of ${update.ecosystem?.value ?? 'this ecosystem'} run code of the new versions while Dependabot holds the credentials of your registries.`,
        fix: () => ({
          safety: 'review',
          title: 'Deny execution of external code',
          caution: 'Manifests that are programs (a `setup.py`, a `Gemfile` with logic) may no longer be updated.',
          edits: replaceScalar(value, 'deny'),
        }),
      }
    }
  },
})
