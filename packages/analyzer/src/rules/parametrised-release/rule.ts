import { isPublishing } from './publishing.ts'
import { defineRule } from '../../rule.ts'
import { child, isMap } from '../../yaml/tree.ts'

export const parametrisedRelease = defineRule({
  id: 'parametrised-release',
  title: 'A release can be steered by the one who starts it',
  severity: 'info',
  confidence: 'medium',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F14'],
  cwe: ['CWE-15'],
  cicd: ['CICD-SEC-1'],
  fix: 'none',

  *workflow(workflow) {
    const trigger = workflow.triggers.find((one) => one.event === 'workflow_dispatch')
    const inputs = child(trigger?.options, 'inputs')
    if (!isMap(inputs) || inputs.entries.length === 0 || !workflow.jobs.some((job) => job.steps.some(isPublishing))) return
    for (const entry of inputs.entries) {
      const type = child(entry.value, 'type')
      // What is chosen from a list, or yes and no, cannot bring anything new in.
      if (type?.kind === 'scalar' && /^(?:choice|boolean|number|environment)$/.test(type.value)) continue
      yield {
        at: entry.key,
        message: `Whoever starts this release decides what \`${entry.key.value}\` is, so the result does not follow from the source alone.`,
      }
    }
  },
})
