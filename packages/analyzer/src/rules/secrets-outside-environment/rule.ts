import { pathOf, references } from '../../expressions/ast.ts'
import { isOnlyCalled } from '../../flow/taint.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const secretsOutsideEnvironment = defineRule({
  id: 'secrets-outside-environment',
  title: 'A secret that no environment protects',
  severity: 'low',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D7'],
  cwe: ['CWE-522'],
  cicd: ['CICD-SEC-6'],
  fix: 'none',

  *expression(place, { policies }) {
    const { embedded, job } = place
    if (!embedded.expression || !job || job.environment || isOnlyCalled(job.workflow)) return
    for (const reference of references(embedded.expression)) {
      const path = pathOf(reference)
      const name = path?.[1]
      if (
        path?.[0] !== 'secrets' ||
        name === undefined ||
        name === 'github_token' ||
        policies.trustedSecrets.some((trusted) => trusted.toLowerCase() === name)
      )
        continue
      yield {
        at: rangeIn(place, reference),
        message: `\`secrets.${name}\` is open to every workflow on every branch; an environment could ask for a review or a branch first.`,
      }
    }
  },
})
