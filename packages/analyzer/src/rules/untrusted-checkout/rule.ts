import {
  describeHoldings,
  explainExposure,
  isPrivileged,
  reachOf,
  secretsWithinReach,
  stepExposures,
  worst,
  type Reach,
} from '../../flow/exposure.ts'
import { executionsAfter, outsidersCheckout } from '../../flow/untrusted-code.ts'
import { fileOf } from '../../model/types.ts'
import type { Severity } from '@gatehouse/schema'
import { defineRule } from '../../rule.ts'

export const untrustedCheckout = defineRule({
  id: 'untrusted-checkout',
  title: 'A privileged job checks out an outsider’s code',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B2', 'B3', 'B13'],
  cwe: ['CWE-829', 'CWE-94'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1195.002'],
  fix: 'none',

  *step(step) {
    const checkout = outsidersCheckout(step)
    if (!checkout) return
    const exposures = stepExposures(step).filter((exposure) => exposure.event === 'unknown' || exposure.facts.startedBy === 'outsider')
    // Without privileges a pull request's code is what a build is for; a self-hosted machine has its own rule.
    const privileged = exposures.filter((exposure) => exposure.event !== 'unknown' && exposure.facts.privileged)
    const found = worst(privileged)
    const file = fileOf(step)
    if (!found) {
      if (exposures.some((exposure) => exposure.event === 'unknown') && checkout.certain)
        yield {
          at: checkout.at,
          severity: 'medium',
          level: 'strict',
          confidence: 'low',
          message: `\`${checkout.text}\` checks out a pull request’s code, with whatever rights the caller of this has.`,
        }
      return
    }
    const reach = reachOf(found.exposure)
    const executions = executionsAfter(checkout)
    const [execution] = executions
    const holds = isPrivileged(found.exposure)
    // Weak guards are the business of untrusted-checkout-toctou.
    if (reach === 'weakly-guarded' && checkout.mutable) return
    const refused = checkout.refusedByAction && /^(?:pull_request_target|workflow_run)$/.test(found.exposure.event)
    const severity = severityFor({ reach, executed: execution !== undefined, holds, refused })
    const then = execution ? ` and ${execution.what} then runs it` : ''
    const note = refused ? ' Current releases of the action refuse this for forks; the pin decides which one runs.' : ''
    yield {
      at: checkout.at,
      severity,
      confidence: checkout.certain ? (execution ? 'high' : 'medium') : 'low',
      level: reach === 'guarded' ? 'strict' : 'default',
      message: `\`${checkout.text}\` puts a pull request’s code into a job that ${found.exposure.event} starts with ${describeHoldings(found.exposure.holds)}${then}.${note}`,
      trace: [
        ...explainExposure(found.exposure),
        ...(step.job ? secretsWithinReach(step.job) : []),
        { role: 'path', message: 'the outsider’s code is checked out', file, range: checkout.at },
        ...checkout.also.map((range) => ({ role: 'path' as const, message: 'and this says where from', file, range })),
        ...executions.slice(0, 20).map(({ what, at }) => ({ role: 'sink' as const, message: `${what} runs it`, file, range: at })),
      ],
    }
  },
})

interface Circumstances {
  readonly reach: Reach
  /** Whether a later step runs the code. */
  readonly executed: boolean
  readonly holds: boolean
  /** Whether the checkout action refuses forks by itself. */
  readonly refused: boolean
}

function severityFor({ reach, executed, holds, refused }: Circumstances): Severity {
  if (reach === 'guarded') return 'low'
  if (refused) return 'medium'
  if (!holds) return 'medium'
  return executed ? 'critical' : 'high'
}
