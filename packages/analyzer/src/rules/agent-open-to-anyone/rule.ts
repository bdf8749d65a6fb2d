import { AGENT_ACTIONS } from '../../data/agents.ts'
import { describeHoldings, explainExposure, stepExposures, worst } from '../../flow/exposure.ts'
import { fileOf, input } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const agentOpenToAnyone = defineRule({
  id: 'agent-open-to-anyone',
  title: 'Anybody may give an agent work',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A11'],
  cwe: ['CWE-862'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1059'],
  fix: 'none',

  *step(step) {
    for (const name of AGENT_ACTIONS.get(step.uses?.action ?? '')?.admits ?? []) {
      const value = input(step.with, name)
      if (!value?.value.split(/[\s,]+/).includes('*')) continue
      const found = worst(stepExposures(step).filter((exposure) => exposure.event !== 'unknown' && exposure.facts.startedBy === 'outsider'))
      // Where only people with write access start the workflow, the list is not what keeps others out.
      const open = found && found.severity !== 'low'
      yield {
        at: value,
        severity: open ? (found.severity === 'critical' ? 'high' : 'medium') : 'low',
        level: open ? 'default' : 'strict',
        message: open
          ? `\`${name}: '*'\` switches off the action's check of who asks, and the event ${found.exposure.event} lets anybody ask in a job that holds ${describeHoldings(found.exposure.holds)}.`
          : `\`${name}: '*'\` switches off the action's check of who asks; only the triggers and conditions of this workflow keep others out now.`,
        trace: [
          ...(found ? explainExposure(found.exposure) : []),
          { role: 'sink', message: 'the agent starts for everybody', file: fileOf(step), range: value },
        ],
      }
    }
  },
})
