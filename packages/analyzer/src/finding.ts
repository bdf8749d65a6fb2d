/* A finding as the engine gives it out: a rule's report with everything filled in and every place as line and column. */
import type { Confidence, Severity } from '@gatehouse/schema'
import type { Fix, Level, Refusal, Rule } from './rule.ts'
import type { Range, SourceFile } from './source.ts'

export interface Location {
  readonly file: SourceFile
  readonly range: Range
}

export interface Finding {
  readonly rule: Rule
  readonly message: string
  readonly severity: Severity
  readonly confidence: Confidence
  readonly level: Level
  readonly location: Location
  readonly trace: readonly (Location & { readonly role: 'source' | 'path' | 'guard' | 'sink'; readonly message: string })[]
  readonly fix: (() => Fix | Refusal) | undefined
  /** Set when a comment, the configuration or the baseline takes it out of the result. */
  readonly suppressed: Suppression | undefined
  /** Survives edits elsewhere in the file: rule, path, and the text of the place. For baselines and `partialFingerprints`. */
  readonly fingerprint: string
}

export interface Suppression {
  readonly by: 'comment' | 'configuration' | 'baseline'
  readonly reason: string
}

export const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
export const LEVELS: readonly Level[] = ['default', 'strict', 'audit']
