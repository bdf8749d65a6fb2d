import { isCommit } from '../../model/uses.ts'
import { defineRule } from '../../rule.ts'

export const impostorCommit = defineRule({
  id: 'impostor-commit',
  title: 'A pin at a commit that its repository never had',
  severity: 'critical',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E4'],
  cwe: ['CWE-345', 'CWE-506'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.001'],
  fix: 'none',

  *uses(uses, _place, { resolver }) {
    if (uses.kind !== 'repository' || !isCommit(uses.ref)) return
    if (resolver.repository(uses.slug)?.reachable?.(uses.ref) !== false) return
    yield {
      at: uses.node,
      message: `No branch or tag of ${uses.slug} holds this commit: it comes from a fork, or an attacker left it there. GitHub runs it all the same.`,
    }
  },
})
