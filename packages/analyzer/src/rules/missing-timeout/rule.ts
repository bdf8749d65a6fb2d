import { defineRule } from '../../rule.ts'

export const missingTimeout = defineRule({
  id: 'missing-timeout',
  title: 'A job may run for six hours',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F7'],
  cwe: ['CWE-400'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *job(job) {
    if (job.uses || job.node.index.has('timeout-minutes') || job.steps.length === 0) return
    if (job.steps.every((step) => step.node.index.has('timeout-minutes'))) return
    yield { at: job.key, message: `\`${job.id}\` has no \`timeout-minutes\`; stuck or misused, it runs for six hours.` }
  },
})
