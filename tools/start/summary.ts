/* The last thing `npm start` prints: what was found, and where to look. */
import { basename } from 'node:path'
import type { Shown } from './demonstration.ts'

const ORDER = ['critical', 'high', 'medium', 'low', 'info']
const COLORS: Readonly<Record<string, number>> = { critical: 31, high: 31, medium: 33, low: 36, info: 2 }
/** Control and format characters, among them those that turn the direction of text. */
const CONTROLS = /[\p{Cc}\p{Cf}]/gu

/** The findings of a run in words, worst first, then its size. For a terminal when `color`. */
export function summarize({ report, replayed }: Shown, color: boolean): string {
  const paint = (code: number, text: string) => (color ? `\u001B[${code}m${text}\u001B[0m` : text)
  const findings = report.findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || a.time - b.time)
  const lines: string[] = []
  for (const finding of findings) {
    const step = report.steps.get(finding.step)?.name ?? 'outside any step'
    lines.push(`  ${paint(COLORS[finding.severity] ?? 0, finding.severity.padEnd(8))}  ${visible(finding.title)}`)
    lines.push(`            ${paint(2, `step "${visible(step)}": ${report.chain(finding.process).map(shorten).map(visible).join(' → ')}`)}`)
  }
  if (findings.length === 0) lines.push('  no findings')

  const processes = new Set(report.events.filter((event) => event.kind === 'process').map((event) => event.process)).size
  const hosts = new Set(
    report.events.flatMap((event) => (event.kind === 'network' && event.op === 'connect' ? [event.domain ?? event.ip] : [])),
  ).size
  const lost = report.end.accounting.reduce((sum, entry) => sum + entry.lost, 0)
  lines.push(
    '',
    `  ${report.steps.size} steps, ${processes} processes, ${hosts} hosts, ${report.events.length} events, ${lost === 0 ? 'none' : lost} lost` +
      (replayed === undefined ? '' : ' (recorded earlier, replayed now)'),
  )
  return lines.join('\n')
}

/** Program and what makes it recognisable; paths by their last part. */
function shorten(words: string): string {
  const [program = '', ...args] = words.split(' ')
  const rest = args.slice(0, 2).map((word) => (word.startsWith('/') ? basename(word) : word))
  return [program, ...rest].join(' ').slice(0, 60)
}

/** What a job named may try to drive the terminal. */
function visible(text: string): string {
  return text.replaceAll(CONTROLS, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
}
