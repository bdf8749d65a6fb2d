import { isOnlyCalled } from '../../flow/taint.ts'
import { triggerFacts } from '../../flow/triggers.ts'
import { defineRule } from '../../rule.ts'

export const missingPermissions = defineRule({
  id: 'missing-permissions',
  title: 'The token’s permissions are not set',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D1'],
  cwe: ['CWE-276', 'CWE-250'],
  cicd: ['CICD-SEC-5'],
  fix: 'none',

  *workflow(workflow) {
    if (workflow.permissions || workflow.jobs.length === 0) return
    // A workflow that is only called gets its caller's permissions at most.
    const onlyCalled = isOnlyCalled(workflow)
    const open = workflow.jobs.filter((job) => !job.permissions)
    if (open.length === 0) return
    const risky = workflow.triggers.some(
      (trigger) => triggerFacts(trigger.event).privileged && triggerFacts(trigger.event).startedBy === 'outsider',
    )
    const [first] = open
    if (!first) return
    yield {
      at: open.length === workflow.jobs.length ? (workflow.on?.key ?? first.key) : first.key,
      severity: risky ? 'high' : 'medium',
      confidence: 'medium',
      level: onlyCalled ? 'strict' : 'default',
      message:
        open.length === workflow.jobs.length
          ? 'No permissions are set, so the organisation’s default decides what every job’s token may do, which may be to write everything.'
          : `The job \`${first.id}\` sets no permissions, and neither does the workflow; the organisation’s default decides.`,
    }
  },
})
