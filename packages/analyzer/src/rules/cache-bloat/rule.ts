import { input } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const cacheBloat = defineRule({
  id: 'cache-bloat',
  title: 'Pull requests fill the cache',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F15'],
  cwe: ['CWE-400'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *step(step) {
    if (step.uses?.action !== 'actions/cache' || !step.job) return
    const events = step.job.workflow.triggers.map((trigger) => trigger.event)
    if (!events.includes('pull_request')) return
    const key = input(step.with, 'key')
    if (!key || !/github\.(?:sha|run_id|run_number)/.test(key.value)) return
    yield { at: key, message: 'Every run of every pull request saves a cache of its own; they push out those of the default branch.' }
  },
})
