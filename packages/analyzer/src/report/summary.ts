/* What all reports are made from. */
import type { Severity } from '@gatehouse/schema'
import type { Analysis, AnalysisError } from '../analyze.ts'
import { severityRank, SEVERITIES, type Finding } from '../finding.ts'
import type { Rule } from '../rule.ts'

/** The analyses of all repositories of one scan. */
export interface Scan {
  readonly findings: readonly Finding[]
  readonly errors: readonly AnalysisError[]
  readonly files: number
  readonly repositories: number
  readonly rules: readonly Rule[]
  readonly version: string
}

/** Joins the analyses of several repositories. */
export function joinAnalyses(analyses: readonly Analysis[], rules: readonly Rule[], version: string): Scan {
  return {
    findings: analyses.flatMap((analysis) => analysis.findings),
    errors: analyses.flatMap((analysis) => analysis.errors),
    files: analyses.reduce((sum, analysis) => sum + analysis.files, 0),
    repositories: analyses.length,
    rules,
    version,
  }
}

/** Findings that count, worst first; those of one severity stay in their order. */
export function active(scan: Scan): readonly Finding[] {
  return scan.findings.filter((finding) => !finding.suppressed)
}

export function countBySeverity(findings: readonly Finding[]): ReadonlyMap<Severity, number> {
  const counts = new Map<Severity, number>()
  for (const severity of [...SEVERITIES].reverse()) {
    const count = findings.filter((finding) => finding.severity === severity).length
    if (count > 0) counts.set(severity, count)
  }
  return counts
}

/** Whether a finding makes a run fail: stable rules, at or above a severity. */
export function fails(finding: Finding, atLeast: Severity): boolean {
  return !finding.suppressed && finding.rule.maturity === 'stable' && severityRank(finding.severity) >= severityRank(atLeast)
}
