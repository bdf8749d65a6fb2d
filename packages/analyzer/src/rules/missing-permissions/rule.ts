import { describeScopes, neededBy } from '../../flow/needs.ts'
import { isPrivileged, jobExposures, reachOf, explainExposure } from '../../flow/exposure.ts'
import { isOnlyCalled } from '../../flow/taint.ts'
import { reusableWorkflow } from '../../model/repository.ts'
import type { Job } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const missingPermissions = defineRule({
  id: 'missing-permissions',
  title: 'The job token has the default permissions',
  severity: 'medium',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D1'],
  cwe: ['CWE-275', 'CWE-1188'],
  cicd: ['CICD-SEC-5', 'CICD-SEC-2'],
  attack: ['T1078.004'],
  fix: 'manual',

  *job(job) {
    if (job.permissions || job.workflow.permissions) return
    const callee = job.uses && reusableWorkflow(job.workflow.repository, job.uses)
    // A called workflow that limits every job of its own leaves nothing to the default.
    if (callee && limitsItself(callee)) return
    const called = isOnlyCalled(job.workflow)
    const callers = job.workflow.repository.callers.get(job.workflow.path) ?? []
    // The caller's permissions are the most that a called workflow gets.
    if (called && callers.length > 0 && callers.every((caller) => caller.permissions ?? caller.workflow.permissions)) return
    const open = jobExposures(job).find(
      (exposure) =>
        exposure.facts.startedBy === 'outsider' && exposure.facts.privileged && isPrivileged(exposure) && reachOf(exposure) !== 'guarded',
    )
    const { scopes, certain } = neededBy(job)
    const enough = job.uses
      ? ''
      : certain
        ? ` ${describeScopes(scopes)} would be enough.`
        : scopes.size > 0
          ? ` It needs ${describeScopes(scopes)}, perhaps more.`
          : ''
    yield {
      at: job.key,
      severity: open ? 'high' : 'medium',
      level: called ? 'strict' : 'default',
      message: open
        ? `Without \`permissions\` the token has what the organisation allows by default, which may be to write everything, and anybody can start this job through ${open.event}.${enough}`
        : `Without \`permissions\` the token has what the organisation allows by default, which may be to write everything.${enough}`,
      trace: open ? explainExposure(open) : [],
    }
  },
})

function limitsItself(callee: Job['workflow']): boolean {
  return callee.permissions !== undefined || (callee.jobs.length > 0 && callee.jobs.every((job) => job.permissions))
}
