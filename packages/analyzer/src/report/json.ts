/* The machine-readable report. Its shape is `packages/schema`, ScanReport; `version` changes when a reader could break. */
import type { ScanFinding, ScanLocation, ScanReport } from '@gatehouse/schema'
import type { Location } from '../finding.ts'
import { byteOffsetAt, positionAt } from '../source.ts'
import type { Scan } from './summary.ts'

export function toJson(scan: Scan): ScanReport {
  return {
    version: 1,
    tool: { name: 'gatehouse', version: scan.version },
    files: scan.files,
    findings: scan.findings.map((finding): ScanFinding => {
      const { rule } = finding
      return {
        rule: rule.id,
        title: rule.title,
        message: finding.message,
        severity: finding.severity,
        confidence: finding.confidence,
        level: finding.level,
        maturity: rule.maturity,
        catalogue: [...rule.catalogue],
        cwe: [...rule.cwe],
        cicd: [...rule.cicd],
        fix: rule.fix,
        location: locationOf(finding.location),
        trace: finding.trace.map((step) => ({ role: step.role, message: step.message, location: locationOf(step) })),
        fingerprint: finding.fingerprint,
        ...(finding.suppressed ? { suppressed: finding.suppressed } : {}),
      }
    }),
    errors: scan.errors.map(({ file, problem }) => ({
      code: problem.code,
      message: problem.message,
      location: locationOf({ file, range: problem.range }),
    })),
  }
}

function locationOf({ file, range }: Location): ScanLocation {
  const start = positionAt(file, range.start)
  const end = positionAt(file, range.end)
  const byteStart = byteOffsetAt(file, range.start)
  return {
    path: file.path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    byteStart,
    byteEnd: byteStart + byteOffsetAt({ ...file, text: file.text.slice(range.start, range.end) }, range.end - range.start),
  }
}
