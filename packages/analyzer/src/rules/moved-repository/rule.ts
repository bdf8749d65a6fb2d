import { isCommit } from '../../model/uses.ts'
import { defineRule } from '../../rule.ts'

export const movedRepository = defineRule({
  id: 'moved-repository',
  title: 'An action’s repository has another name now, or none',
  severity: 'medium',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E13'],
  cwe: ['CWE-1357', 'CWE-829'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.001'],
  fix: 'none',

  *uses(uses, _place, { resolver }) {
    if (uses.kind !== 'repository') return
    const facts = resolver.repository(uses.slug)
    if (facts?.exists === false)
      yield {
        at: uses.node,
        severity: 'high',
        message: `There is no repository ${uses.slug}: whoever registers the name decides what runs here.`,
      }
    else if (facts?.movedTo !== undefined && facts.movedTo !== uses.slug)
      yield isCommit(uses.ref)
        ? {
            at: uses.node,
            severity: 'low',
            level: 'strict',
            message: `${uses.slug} is now ${facts.movedTo}: the pinned commit is out of reach as soon as somebody registers the old name.`,
          }
        : {
            at: uses.node,
            message: `${uses.slug} is now ${facts.movedTo}: the old name works only until somebody registers it, who then decides what runs here.`,
          }
  },
})
