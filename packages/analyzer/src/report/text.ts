/* For people at a terminal: each finding with its lines and carets, then a summary. */
import { lineText, positionAt, type Range, type SourceFile } from '../source.ts'
import { active, countBySeverity, type Scan } from './summary.ts'

export interface TextOptions {
  /** Whether to write ANSI colours. */
  readonly color: boolean
}

const COLORS = { critical: 35, high: 31, medium: 33, low: 36, info: 34 } as const

/** A report for a terminal. What came from a file is shown without control characters, so it cannot drive the terminal. */
export function toText(scan: Scan, { color }: TextOptions): string {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const lines: string[] = []
  for (const finding of active(scan)) {
    const { file, range } = finding.location
    lines.push(`${paint(COLORS[finding.severity], finding.severity)}[${finding.rule.id}] ${clean(finding.message)}`)
    lines.push(...excerpt(file, range, '^', paint))
    for (const step of finding.trace) {
      if (step.role === 'sink') continue
      const at = positionAt(step.file, step.range.start)
      const mark = { source: 'from', path: 'via', guard: 'guard', sink: 'to' }[step.role]
      lines.push(paint(2, `   ${mark.padEnd(6)}${clean(step.file.path)}:${at.line}: ${clean(step.message)}`))
    }
    const fix = finding.rule.fix === 'safe' || finding.rule.fix === 'review' ? ' · gatehouse fix can change it' : ''
    lines.push(paint(2, `   ${finding.confidence} confidence · gatehouse explain ${finding.rule.id}${fix}`), '')
  }
  for (const { file, problem } of scan.errors) {
    const at = positionAt(file, problem.range.start)
    lines.push(`${paint(31, 'not analysed')} ${clean(file.path)}:${at.line}:${at.column}: ${clean(problem.message)}`)
  }
  const findings = active(scan)
  const counts = [...countBySeverity(findings)].map(([severity, count]) => `${count} ${severity}`).join(', ')
  const suppressed = scan.findings.length - findings.length
  lines.push(
    `${findings.length === 0 ? 'No findings' : `${findings.length} finding${findings.length === 1 ? '' : 's'} (${counts})`} in ${scan.files} file${scan.files === 1 ? '' : 's'}${suppressed > 0 ? `, ${suppressed} suppressed` : ''}${scan.errors.length > 0 ? `, ${scan.errors.length} place${scan.errors.length === 1 ? '' : 's'} not analysed` : ''}.`,
  )
  return `${lines.join('\n')}\n`
}

/** The line with its number and a caret under each character of the range. Tabs stay tabs so the carets line up. */
function excerpt(file: SourceFile, range: Range, caret: string, paint: (code: number, text: string) => string): string[] {
  const start = positionAt(file, range.start)
  const text = lineText(file, start.line)
  const number = String(start.line).padStart(5)
  const from = Math.min(start.column - 1, text.length)
  const length = Math.max(1, Math.min(range.end - range.start, text.length - from, 160))
  const pad = text.slice(0, from).replace(/[^\t]/g, ' ')
  return [
    `  ${paint(2, '-->')} ${clean(file.path)}:${start.line}:${start.column}`,
    `${paint(2, `${number} |`)} ${clean(text.slice(0, 240))}`,
    ...(from <= 240 ? [`${paint(2, '      |')} ${pad}${paint(31, caret.repeat(length))}`] : []),
  ]
}

/** Control characters could rewrite what the terminal shows. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this takes out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD')
}
