import { explainExposure, isSelfHosted, jobExposures, reachOf, worst } from '../../flow/exposure.ts'
import { defineRule } from '../../rule.ts'

export const prOnSelfHosted = defineRule({
  id: 'pr-on-self-hosted',
  title: 'Pull requests run on a self-hosted machine',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B10'],
  cwe: ['CWE-284', 'CWE-653'],
  cicd: ['CICD-SEC-4', 'CICD-SEC-7'],
  fix: 'none',

  *job(job, { policies }) {
    const labels = job.runsOn?.labels ?? []
    if (!isSelfHosted(job) || labels.some((label) => policies.trustedRunners.includes(label.value))) return
    const found = worst(
      jobExposures(job).filter(
        (exposure) => exposure.facts.startedBy === 'outsider' && /^pull_request|^issue|^workflow_run|^discussion/.test(exposure.event),
      ),
    )
    if (!found || !job.runsOn) return
    const guarded = reachOf(found.exposure) === 'guarded'
    yield {
      at: job.runsOn.node,
      severity: guarded ? 'low' : 'high',
      level: guarded ? 'strict' : 'default',
      confidence: 'medium',
      message: `The event ${found.exposure.event} brings an outsider’s code to this self-hosted machine; unless it is thrown away after each job, it stays.`,
      trace: explainExposure(found.exposure),
    }
  },
})
