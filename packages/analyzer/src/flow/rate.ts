/* Rates a flow into something dangerous by who can use it. */
import type { Confidence, Severity } from '@gatehouse/schema'
import { severityRank } from '../finding.ts'
import type { Step } from '../model/types.ts'
import type { Level, TraceStep } from '../rule.ts'
import { describeHoldings, explainExposure, reachOf, severityOf, stepExposures, type Exposure } from './exposure.ts'
import type { Flow } from './taint.ts'

export interface Rated {
  readonly flow: Flow
  readonly severity: Severity
  readonly confidence: Confidence
  readonly level: Level
  /** Why it is rated so: a clause such as "anybody who opens an issue …". */
  readonly because: string
  readonly trace: readonly TraceStep[]
}

/** The worst of several flows that meet in one place; undefined when nothing can be reached. */
export function rate(flows: readonly Flow[], step: Step): Rated | undefined {
  let found: Rated | undefined
  const exposures = stepExposures(step)
  for (const flow of flows) {
    const rated = rateFlow(flow, exposures)
    if (!rated) continue
    if (
      !found ||
      LEVEL_RANK[rated.level] < LEVEL_RANK[found.level] ||
      (rated.level === found.level && severityRank(rated.severity) > severityRank(found.severity))
    )
      found = rated
  }
  return found
}

const LEVEL_RANK: Readonly<Record<Level, number>> = { default: 0, strict: 1, audit: 2 }

function rateFlow(flow: Flow, exposures: readonly Exposure[]): Rated | undefined {
  if (flow.trust === 'outsider') {
    // Only events that carry the source bring it here; callers that are not known may be started by any.
    const carrying = exposures.filter(
      (exposure) => exposure.event === 'unknown' || flow.events === undefined || flow.events.includes(exposure.event),
    )
    if (carrying.length === 0) {
      // The property is empty in every event that starts this.
      if (exposures.length === 0) return undefined
      return {
        flow,
        severity: 'info',
        confidence: 'medium',
        level: 'audit',
        because: 'though no trigger of this workflow carries it now',
        trace: flow.trace,
      }
    }
    let worst: Exposure | undefined
    for (const exposure of carrying) if (!worst || severityRank(severityOf(exposure)) > severityRank(severityOf(worst))) worst = exposure
    if (!worst) return undefined
    const severity = severityOf(worst)
    const guarded = reachOf(worst) === 'guarded'
    return {
      flow,
      severity,
      confidence: worst.event === 'unknown' ? 'medium' : 'high',
      level: guarded || (severity === 'low' && worst.facts.startedBy === 'insider') ? 'strict' : 'default',
      because: because(worst),
      trace: [...explainExposure(worst), ...flow.trace],
    }
  }
  if (exposures.length === 0) return undefined
  if (flow.trust === 'caller')
    return {
      flow,
      severity: 'medium',
      confidence: 'medium',
      level: 'default',
      because: 'by whoever calls this, with whatever the caller passes',
      trace: flow.trace,
    }
  if (flow.trust === 'insider') {
    // The name of a branch or tag reads like any text, and release jobs hold the most.
    const named = flow.kind === 'branch' || flow.kind === 'label'
    return {
      flow,
      severity: 'low',
      confidence: named ? 'low' : 'medium',
      level: 'strict',
      because:
        flow.kind === 'input' && flow.events === undefined
          ? 'by whoever calls this, with whatever the caller passes'
          : 'by somebody with write access, past any review',
      trace: flow.trace,
    }
  }
  return { flow, severity: 'info', confidence: 'low', level: 'audit', because: 'if its fixed form ever changes', trace: flow.trace }
}

function because(exposure: Exposure): string {
  const { event, facts, holds } = exposure
  if (event === 'unknown') return 'by whoever can start a workflow that calls this'
  if (facts.startedBy === 'indirect') return 'by an outsider whose change is merged'
  if (facts.startedBy === 'insider') return 'by somebody with write access'
  const reach = reachOf(exposure)
  if (reach === 'guarded') return 'only by people whom the guard lets through'
  const who = reach === 'weakly-guarded' ? 'by an outsider once somebody waves the run through' : 'by anybody'
  return facts.privileged
    ? `${who}, through the event ${event}, in a job that holds ${describeHoldings(holds)}`
    : `${who}, through the event ${event}, in a job without secrets`
}
