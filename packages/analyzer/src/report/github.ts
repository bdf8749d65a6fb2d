/* Workflow commands that GitHub shows as annotations. */
import type { Severity } from '@gatehouse/schema'
import { positionAt } from '../source.ts'
import { active, type Scan } from './summary.ts'

const COMMANDS: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'notice', info: 'notice' }

export function toGithub(scan: Scan): string {
  const lines = active(scan).map(({ location: { file, range }, severity, rule, message }) => {
    const start = positionAt(file, range.start)
    const end = positionAt(file, range.end)
    const place = `file=${property(file.path)},line=${start.line},endLine=${end.line},col=${start.column},endColumn=${end.column}`
    return `::${COMMANDS[severity]} ${place},title=${property(`${rule.title} (${rule.id})`)}::${data(message)}`
  })
  for (const { file, problem } of scan.errors)
    lines.push(
      `::error file=${property(file.path)},line=${positionAt(file, problem.range.start).line},title=Not analysed::${data(problem.message)}`,
    )
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Source: actions/toolkit, `command.ts`: what must be escaped so that a value cannot start a command of its own. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
