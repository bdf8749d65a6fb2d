import { explainExposure, isPrivileged, jobExposures } from '../../flow/exposure.ts'
import { outsidersCheckout } from '../../flow/untrusted-code.ts'
import { defineRule } from '../../rule.ts'

export const labelGate = defineRule({
  id: 'label-gate',
  title: 'A label keeps letting new commits in',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['C6'],
  cwe: ['CWE-285', 'CWE-367'],
  cicd: ['CICD-SEC-1', 'CICD-SEC-4'],
  fix: 'none',

  *job(job) {
    const trigger = job.workflow.triggers.find((one) => one.event === 'pull_request_target')
    // Without `types` GitHub takes opened, synchronize and reopened.
    if (!trigger || (trigger.types.length > 0 && !trigger.types.includes('synchronize'))) return
    const exposure = jobExposures(job).find(
      (one) => one.event === 'pull_request_target' && one.guards.some((guard) => guard.kinds.includes('label')),
    )
    const gate = exposure?.guards.find((guard) => guard.kinds.includes('label') && guard.kinds.every((kind) => kind === 'label'))
    if (!exposure || !gate || /event\.action\s*==\s*'labeled'/.test(gate.node.value)) return
    const checkout = job.steps.map((step) => outsidersCheckout(step)).find((one) => one !== undefined)
    if (!checkout) return
    yield {
      at: gate.node,
      severity: isPrivileged(exposure) ? 'high' : 'medium',
      message: 'The label stays when the pull request is pushed to, and `synchronize` starts the job again: the new commits run unseen.',
      trace: [
        ...explainExposure(exposure),
        { role: 'sink', message: 'the outsider’s code is checked out', file: job.workflow.file, range: checkout.at },
      ],
    }
  },
})
