/* SARIF 2.1.0 (OASIS), as GitHub code scanning reads it. */
import type { Severity } from '@gatehouse/schema'
import type { Finding, Location } from '../finding.ts'
import { checkIntent } from '../fix/apply.ts'
import { positionAt } from '../source.ts'
import type { Scan } from './summary.ts'

export interface SarifOptions {
  /** The manual page of a rule, by id. */
  readonly help: (id: string) => string
  /** Whether to compute fixes, which takes longer. */
  readonly fixes?: boolean
}

/** GitHub shows the badge by this number: over 9.0 critical, 7.0 high, 4.0 medium. */
const SCORES: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.5' }
const SARIF_LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

export function toSarif(scan: Scan, { help, fixes = true }: SarifOptions): object {
  const used = [...new Set(scan.findings.map((finding) => finding.rule))].sort((a, b) => (a.id < b.id ? -1 : 1))
  const index = new Map(used.map((rule, at) => [rule.id, at]))
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Gatehouse',
            version: scan.version,
            rules: used.map((rule) => ({
              id: rule.id,
              name: rule.id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
              shortDescription: { text: rule.title },
              fullDescription: { text: rule.title },
              help: { text: help(rule.id), markdown: help(rule.id) },
              defaultConfiguration: { level: SARIF_LEVELS[rule.severity] },
              properties: {
                'security-severity': SCORES[rule.severity],
                precision: rule.confidence === 'high' ? 'high' : rule.confidence === 'medium' ? 'medium' : 'low',
                'problem.severity':
                  rule.severity === 'info'
                    ? 'recommendation'
                    : SARIF_LEVELS[rule.severity] === 'note'
                      ? 'warning'
                      : SARIF_LEVELS[rule.severity],
                tags: ['security', ...rule.cwe.map((cwe) => `external/cwe/${cwe.toLowerCase()}`), ...rule.cicd],
                catalogue: rule.catalogue,
                level: rule.level,
              },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: scan.findings.map((finding) => resultOf(finding, index.get(finding.rule.id) ?? 0, fixes)),
        invocations: [
          {
            executionSuccessful: scan.errors.length === 0,
            toolExecutionNotifications: scan.errors.map(({ file, problem }) => ({
              level: 'error',
              message: { text: problem.message },
              locations: [{ physicalLocation: physical({ file, range: problem.range }) }],
            })),
          },
        ],
      },
    ],
  }
}

function resultOf(finding: Finding, ruleIndex: number, fixes: boolean): object {
  const fix = fixes ? fixOf(finding) : undefined
  return {
    ruleId: finding.rule.id,
    ruleIndex,
    level: SARIF_LEVELS[finding.severity],
    message: { text: finding.message },
    locations: [{ physicalLocation: physical(finding.location) }],
    partialFingerprints: { 'gatehouse/v1': finding.fingerprint },
    properties: {
      'security-severity': SCORES[finding.severity],
      severity: finding.severity,
      confidence: finding.confidence,
      level: finding.level,
      catalogue: finding.rule.catalogue,
    },
    ...(finding.trace.length > 0
      ? {
          codeFlows: [
            {
              threadFlows: [
                {
                  locations: finding.trace.map((step) => ({
                    location: { physicalLocation: physical(step), message: { text: step.message } },
                    kinds: [step.role === 'path' ? 'value' : step.role],
                  })),
                },
              ],
            },
          ],
        }
      : {}),
    ...(fix ? { fixes: [fix] } : {}),
    ...(finding.suppressed
      ? {
          suppressions: [
            {
              kind: finding.suppressed.by === 'comment' ? 'inSource' : 'external',
              ...(finding.suppressed.reason === '' ? {} : { justification: finding.suppressed.reason }),
            },
          ],
        }
      : {}),
  }
}

function fixOf(finding: Finding): object | undefined {
  const { file } = finding.location
  const fix = file.lossless ? finding.fix?.() : undefined
  if (!fix || 'refused' in fix || fix.edits.length === 0 || checkIntent(file, fix.edits) !== undefined) return undefined
  return {
    description: { text: fix.caution === undefined ? fix.title : `${fix.title}. ${fix.caution}` },
    artifactChanges: [
      {
        artifactLocation: { uri: uriOf(file.path) },
        replacements: fix.edits.map((edit) => ({ deletedRegion: region({ file, range: edit }), insertedContent: { text: edit.text } })),
      },
    ],
  }
}

function physical(location: Location): object {
  return { artifactLocation: { uri: uriOf(location.file.path) }, region: region(location) }
}

function region({ file, range }: Location): object {
  const start = positionAt(file, range.start)
  const end = positionAt(file, Math.max(range.end, range.start))
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column }
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/').replace(/^\.\//, '')
}
