import { matchesName } from '../../pattern.ts'
import { defineRule } from '../../rule.ts'

export const forbiddenAction = defineRule({
  id: 'forbidden-action',
  title: 'An action that the policy does not allow',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E11'],
  cwe: ['CWE-1357'],
  cicd: ['CICD-SEC-3', 'CICD-SEC-8'],
  fix: 'none',

  *uses(uses, _place, { policies }) {
    if (uses.kind !== 'repository' && uses.kind !== 'docker') return
    const name = uses.kind === 'docker' ? `docker/${uses.image.split(/[:@]/)[0] ?? ''}` : uses.action
    const denied = policies.deniedActions.find((pattern) => matchesName(pattern, name))
    if (denied !== undefined) yield { at: uses.node, message: `\`${uses.text}\` is denied by \`${denied}\` in the policy.` }
    else if (policies.allowedActions.length > 0 && !policies.allowedActions.some((pattern) => matchesName(pattern, name)))
      yield { at: uses.node, message: `\`${uses.text}\` is not among the actions that the policy allows.` }
    // Without a policy only what nobody should use any more is denied.
    else if (policies.allowedActions.length === 0 && WITHDRAWN.has(uses.slug))
      yield { at: uses.node, severity: 'medium', message: `\`${uses.slug}\` was taken over in an attack and has no use any more.` }
  },
})

/** Actions whose published tags were malicious and that were given up. */
const WITHDRAWN: ReadonlySet<string> = new Set(['xygeni/xygeni-action'])
