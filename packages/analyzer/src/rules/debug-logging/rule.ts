import { booleanOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const debugLogging = defineRule({
  id: 'debug-logging',
  title: 'Debug logging is switched on for good',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D16'],
  cwe: ['CWE-532', 'CWE-489'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *workflow(workflow) {
    for (const env of [workflow.env, ...workflow.jobs.flatMap((job) => [job.env, ...job.steps.map((step) => step.env)])]) {
      for (const [name, entry] of env.variables) {
        if (/^ACTIONS_(?:STEP|RUNNER)_DEBUG$/.test(name) && booleanOf(entry.value) === true)
          yield { at: entry.key, message: `\`${name}\` makes the log hold far more than anybody meant to publish.` }
      }
    }
  },
})
