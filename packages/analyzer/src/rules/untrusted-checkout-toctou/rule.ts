import { explainExposure, isPrivileged, stepExposures } from '../../flow/exposure.ts'
import { executionsAfter, outsidersCheckout } from '../../flow/untrusted-code.ts'
import { fileOf } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const untrustedCheckoutToctou = defineRule({
  id: 'untrusted-checkout-toctou',
  title: 'Approved code can change before it is checked out',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B4', 'B12'],
  cwe: ['CWE-367'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const checkout = outsidersCheckout(step)
    if (!checkout?.mutable) return
    const exposures = stepExposures(step).filter((exposure) => exposure.facts.privileged && exposure.facts.startedBy === 'outsider')
    // A label or a comment is given to what was there then; the branch moves on.
    const gated = exposures.find((exposure) => {
      const kinds = exposure.guards.flatMap((guard) => guard.kinds)
      if (kinds.length === 0 || kinds.includes('repository') || kinds.includes('merged') || kinds.includes('run-event')) return false
      return exposure.event === 'issue_comment' || kinds.every((kind) => kind === 'label' || kind === 'environment')
    })
    if (!gated) return
    const executions = executionsAfter(checkout)
    const [execution] = executions
    const holds = isPrivileged(gated)
    yield {
      at: checkout.at,
      severity: holds ? (execution ? 'high' : 'medium') : 'low',
      confidence: checkout.certain ? 'high' : 'low',
      message: `\`${checkout.text}\` is looked up after the approval, so its author can push other code in between${execution ? `, which ${execution.what} then runs` : ''}.`,
      trace: [
        ...explainExposure(gated),
        { role: 'path', message: 'the code is looked up by a name that can move', file: fileOf(step), range: checkout.at },
        ...executions
          .slice(0, 20)
          .map(({ what, at }) => ({ role: 'sink' as const, message: `${what} runs it`, file: fileOf(step), range: at })),
      ],
    }
  },
})
