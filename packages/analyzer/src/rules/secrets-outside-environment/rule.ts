import { JOB_TOKEN, secretPlaces } from '../../flow/secrets.ts'
import { isOnlyCalled } from '../../flow/taint.ts'
import { rangeIn } from '../../model/places.ts'
import { matchesName } from '../../pattern.ts'
import { defineRule } from '../../rule.ts'

export const secretsOutsideEnvironment = defineRule({
  id: 'secrets-outside-environment',
  title: 'A secret without an environment',
  severity: 'low',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D7'],
  cwe: ['CWE-284', 'CWE-522'],
  cicd: ['CICD-SEC-1', 'CICD-SEC-6'],
  fix: 'none',

  *job(job, { policies }) {
    if (job.environment) return
    // A called workflow is given its secrets; which environment guards them is the caller's choice.
    if (isOnlyCalled(job.workflow)) return
    const seen = new Set<string>()
    for (const { place, secret } of secretPlaces(job)) {
      if (secret.name === JOB_TOKEN || seen.has(secret.name)) continue
      if (policies.trustedSecrets.some((pattern) => matchesName(pattern, secret.name))) continue
      seen.add(secret.name)
      yield {
        at: rangeIn(place, secret.reference),
        message: `Every workflow on every branch can use \`${secret.name}\`. In an environment it could be kept to certain branches, or to runs that somebody has approved.`,
      }
    }
  },
})
