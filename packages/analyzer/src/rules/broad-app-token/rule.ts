import { booleanOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const broadAppToken = defineRule({
  id: 'broad-app-token',
  title: 'An app token for everything the app may do',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D14'],
  cwe: ['CWE-250'],
  cicd: ['CICD-SEC-5'],
  fix: 'none',

  *step(step) {
    if (!step.uses || !APPS.has(step.uses.action)) return
    const names = [...step.with.entries.keys()]
    const skip = step.with.entries.get('skip-token-revoke') ?? step.with.entries.get('skip_token_revoke')
    if (skip && booleanOf(skip.value) === true)
      yield { at: skip.key, severity: 'high', message: 'The token stays valid after the job, for up to an hour.' }
    const owner = step.with.entries.get('owner')
    if (owner && !names.includes('repositories'))
      yield {
        at: owner.key,
        severity: 'medium',
        message: 'Without `repositories` the token reaches every repository in which the app is installed.',
      }
    if (
      step.uses.action === 'actions/create-github-app-token'
        ? !names.some((name) => name.startsWith('permission-'))
        : !names.includes('permissions')
    ) {
      yield {
        at: step.uses.node,
        severity: 'low',
        level: 'strict',
        message: 'The token has every permission of the app; `permission-…` inputs would take only what is needed.',
      }
    }
  },
})

const APPS: ReadonlySet<string> = new Set([
  'actions/create-github-app-token',
  'tibdex/github-app-token',
  'peter-murray/workflow-application-token-action',
])
