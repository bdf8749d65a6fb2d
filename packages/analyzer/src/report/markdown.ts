/* For job summaries and pull-request comments. */
import { positionAt } from '../source.ts'
import { active, countBySeverity, type Scan } from './summary.ts'

/** Rows beyond this make GitHub cut the summary (1 MiB); the number of what is left out is said. */
const ROWS_MAX = 500

export function toMarkdown(scan: Scan): string {
  const findings = active(scan)
  const counts = [...countBySeverity(findings)].map(([severity, count]) => `${count} ${severity}`).join(', ')
  const lines = [
    '## Gatehouse scan',
    '',
    findings.length === 0 ? `No findings in ${scan.files} files.` : `${findings.length} findings in ${scan.files} files: ${counts}.`,
    '',
  ]
  if (findings.length > 0) {
    lines.push('| Severity | Rule | Place | Finding |', '| --- | --- | --- | --- |')
    for (const { severity, rule, location, message } of findings.slice(0, ROWS_MAX)) {
      lines.push(
        `| ${severity} | \`${rule.id}\` | \`${cell(location.file.path)}:${positionAt(location.file, location.range.start).line}\` | ${cell(message)} |`,
      )
    }
    if (findings.length > ROWS_MAX) lines.push('', `${findings.length - ROWS_MAX} further findings are not shown.`)
  }
  if (scan.errors.length > 0) {
    lines.push('', '### Not analysed', '')
    for (const { file, problem } of scan.errors.slice(0, ROWS_MAX))
      lines.push(`- \`${cell(file.path)}:${positionAt(file, problem.range.start).line}\`: ${cell(problem.message)}`)
  }
  return `${lines.join('\n')}\n`
}

function cell(text: string): string {
  return text.replace(/[|\\<>]/g, (char) => `\\${char}`).replace(/\s+/g, ' ')
}
