import { explainExposure, stepExposures, worst } from '../../flow/exposure.ts'
import { booleanOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const unsafeCheckoutOptOut = defineRule({
  id: 'unsafe-checkout-opt-out',
  title: 'The checkout’s own guard is switched off',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['G1'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    if (step.uses?.action !== 'actions/checkout') return
    const entry = step.with.entries.get('allow-unsafe-pr-checkout')
    if (!entry || booleanOf(entry.value) === false) return
    const exposures = stepExposures(step).filter(
      (exposure) => exposure.event === 'pull_request_target' || exposure.event === 'workflow_run',
    )
    const found = worst(exposures)
    yield {
      at: entry.key,
      severity: found && found.severity !== 'low' ? 'high' : 'low',
      level: found ? 'default' : 'strict',
      message: '`allow-unsafe-pr-checkout` lets a fork’s code into a privileged job, which the action would refuse otherwise.',
      trace: found ? explainExposure(found.exposure) : [],
    }
  },
})
