import {
  describeHoldings,
  explainExposure,
  isPermissionCheck,
  isPrivileged,
  jobExposures,
  reachOf,
  type Holdings,
} from '../../flow/exposure.ts'
import { defineRule } from '../../rule.ts'

export const unguardedCommand = defineRule({
  id: 'unguarded-command',
  title: 'A comment command is open to everybody',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B1', 'B12'],
  cwe: ['CWE-862'],
  cicd: ['CICD-SEC-1', 'CICD-SEC-4'],
  fix: 'none',

  *job(job) {
    if (!job.if || !/comment\.body|review\.body/.test(job.if.value)) return
    const exposure = jobExposures(job).find(
      (one) =>
        /comment/.test(one.event) &&
        one.facts.startedBy === 'outsider' &&
        one.facts.privileged &&
        reachOf(one) === 'open' &&
        isPrivileged(one),
    )
    if (!exposure) return
    // A job whose first steps ask for the permission guards itself.
    const check = job.steps.find(isPermissionCheck)
    yield {
      at: job.if,
      severity: check ? 'low' : exposure.holds.token === 'default' && !exposure.holds.secrets ? 'low' : 'medium',
      // Labels and comments are what outsiders may cause anyway.
      level: check || onlyTalks(exposure.holds) ? 'strict' : 'default',
      confidence: check ? 'low' : 'medium',
      message: check
        ? 'This command asks for the permission of who gives it inside of the job, after other things have run.'
        : `Anybody who can comment gives this command, in a job that holds ${describeHoldings(exposure.holds)}.`,
      trace: explainExposure(exposure),
    }
  },
})

function onlyTalks(holds: Holdings): boolean {
  return (
    !holds.secrets &&
    !holds.oidc &&
    !holds.selfHosted &&
    holds.writes.every((scope) => scope === 'issues' || scope === 'pull-requests' || scope === 'discussions')
  )
}
