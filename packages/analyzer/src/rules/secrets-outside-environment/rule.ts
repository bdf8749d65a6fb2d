import { JOB_TOKEN, secretPlaces } from '../../flow/secrets.ts'
import { isOnlyCalled } from '../../flow/taint.ts'
import { rangeIn } from '../../model/places.ts'
import { matchesName } from '../../pattern.ts'
import { defineRule } from '../../rule.ts'
import type { Range } from '../../source.ts'

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
    const byName = new Map<string, Range[]>()
    for (const { place, secret } of secretPlaces(job)) {
      if (secret.name === JOB_TOKEN || policies.trustedSecrets.some((pattern) => matchesName(pattern, secret.name))) continue
      const ranges = byName.get(secret.name)
      const range = rangeIn(place, secret.reference)
      if (ranges) ranges.push(range)
      else byName.set(secret.name, [range])
    }
    for (const [name, [first, ...others]] of byName) {
      if (!first) continue
      yield {
        at: first,
        message: `Every workflow on every branch can use \`${name}\`. In an environment it could be kept to certain branches, or to runs that somebody has approved.`,
        trace: others.slice(0, PLACES_MAX).map((range) => ({ role: 'path', message: 'used here too', file: job.workflow.file, range })),
      }
    }
  },
})

/** More places of one secret in one job say nothing new. */
const PLACES_MAX = 20
