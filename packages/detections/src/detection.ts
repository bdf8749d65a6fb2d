/* What a detection is. Definitions live one per folder in library/; the registry is library/index.ts. */
import type { Confidence, Event, EventKind, EventOf, Evidence, Severity } from '@gatehouse/schema'

/** What a detection knows besides the event: state of the job that it may read, never change. */
export interface JobView {
  /** Arguments of the process and its ancestors, nearest first; empty when unknown. */
  chain(process: number): readonly ProcessView[]
}

export interface ProcessView {
  readonly process: number
  readonly exe: string
  readonly argv: readonly string[]
  readonly step: number
}

export interface Match {
  /** One sentence for a person who is not an expert: who did what to what. */
  readonly message: string
  readonly evidence: Evidence
  /** Findings of one job with the same key are one finding; the first event wins. */
  readonly key: string
}

export interface Description {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly confidence: Confidence
  readonly maturity: 'preview' | 'stable'
  /** Rows of the detection catalogue (R…) and incidents (S-…) it covers. */
  readonly catalogue: readonly string[]
  /** MITRE ATT&CK techniques. */
  readonly attack: readonly string[]
  readonly remedy: string
}

export interface Detection extends Description {
  readonly requires: readonly EventKind[]
  match(event: Event, job: JobView): Match | null
}

/**
 * Defines a detection over the event kinds it requires; `match` receives only those, so the agent knows which sensors a
 * detection needs and the detection never narrows by hand.
 */
export function defineDetection<const K extends EventKind>(
  spec: Description & { readonly requires: readonly K[]; match(event: EventOf<K>, job: JobView): Match | null },
): Detection {
  const wanted: ReadonlySet<EventKind> = new Set(spec.requires)
  return {
    ...spec,
    // Safe: `wanted` holds exactly the kinds of K, so the event is one of theirs.
    match: (event, job) => (wanted.has(event.kind) ? spec.match(event as EventOf<K>, job) : null),
  }
}
