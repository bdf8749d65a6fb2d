import type { Severity } from '@gatehouse/schema'
import { CODE_INPUTS } from '../../data/actions.ts'
import { jobExposures, reachOf, severityOf, stepExposures } from '../../flow/exposure.ts'
import { bringsForeignFiles } from '../../flow/javascript.ts'
import { flowsInto, scopeOf } from '../../flow/taint.ts'
import { triggerFacts } from '../../flow/triggers.ts'
import { executionIn, outsidersCheckout } from '../../flow/untrusted-code.ts'
import { placesOf, rangeOf } from '../../model/places.ts'
import { later, type Workflow } from '../../model/types.ts'
import type { Range } from '../../source.ts'
import { defineRule } from '../../rule.ts'

export const dangerousTrigger = defineRule({
  id: 'dangerous-trigger',
  title: 'Outsiders can drive a privileged workflow',
  severity: 'high',
  confidence: 'high',
  // The rule about what takes effect speaks by default; this one is for who looks at the workflow as a whole.
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B1'],
  cwe: ['CWE-284', 'CWE-829'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *workflow(workflow) {
    for (const trigger of workflow.triggers) {
      const facts = triggerFacts(trigger.event)
      if (!facts.privileged || facts.startedBy !== 'outsider') continue
      const reason = reasonFor(workflow, trigger.event)
      if (reason) {
        yield {
          at: trigger.node,
          severity: reason.severity,
          message: `\`${trigger.event}\` runs with the repository’s rights for anybody, and here ${reason.what}.`,
          trace: [{ role: 'sink', message: reason.what, file: workflow.file, range: reason.at }],
        }
      } else if (trigger.event === 'pull_request_target' || trigger.event === 'workflow_run') {
        yield {
          at: trigger.node,
          severity: 'info',
          confidence: 'low',
          level: 'audit',
          message: `\`${trigger.event}\` runs with the repository’s rights on events of outsiders; nothing that they control was found to take effect.`,
        }
      }
    }
  },
})

interface Reason {
  readonly what: string
  readonly at: Range
  readonly severity: Severity
}

/** The first thing of an outsider's that takes effect under an event. */
function reasonFor(workflow: Workflow, event: string): Reason | undefined {
  for (const job of workflow.jobs) {
    if (!jobExposures(job).some((exposure) => exposure.event === event && reachOf(exposure) !== 'guarded')) continue
    for (const step of job.steps) {
      const exposure = stepExposures(step).find((one) => one.event === event && reachOf(one) !== 'guarded')
      if (!exposure) continue
      const severity: Severity = severityOf(exposure) === 'critical' ? 'high' : 'medium'
      const checkout = outsidersCheckout(step)
      if (checkout) return { what: 'an outsider’s code is checked out', at: checkout.at, severity }
      if (event === 'workflow_run' && bringsForeignFiles(step)) {
        const execution = later(step)
          .map((other) => executionIn(other))
          .find((one) => one !== undefined)
        if (execution) return { what: `${execution.what} runs beside files of another run`, at: execution.at, severity }
      }
    }
  }
  for (const place of placesOf(workflow)) {
    const { step, embedded } = place
    if (
      !step ||
      !embedded.expression ||
      (place.role !== 'run' && !CODE_INPUTS.get(step.uses?.action ?? '')?.includes(place.key.toLowerCase()))
    )
      continue
    const flow = flowsInto(embedded.expression, place.scalar, scopeOf(place)).find(
      (one) => one.trust === 'outsider' && (one.events === undefined || one.events.includes(event)),
    )
    const exposure = stepExposures(step).find((one) => one.event === event && reachOf(one) !== 'guarded')
    if (flow && exposure)
      return {
        what: `\`${flow.source}\` becomes part of a script`,
        at: rangeOf(place),
        severity: severityOf(exposure) === 'critical' ? 'high' : 'medium',
      }
  }
  return undefined
}
