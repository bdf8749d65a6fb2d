import { isOnlyCalled } from '../../flow/taint.ts'
import { defineRule } from '../../rule.ts'

export const missingConcurrency = defineRule({
  id: 'missing-concurrency',
  title: 'Runs of one branch do not wait for each other',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F6'],
  cwe: ['CWE-362'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *workflow(workflow) {
    if (workflow.concurrency || workflow.jobs.every((job) => job.node.index.has('concurrency')) || isOnlyCalled(workflow) || !workflow.on)
      return
    yield { at: workflow.on.key, message: 'Several runs of the same branch go on at once; where they deploy, the older may win.' }
  },
})
