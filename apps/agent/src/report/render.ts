/*
 * The summary that `gatehouse run` prints after the command. Answer first: one sentence that says what is true, then what needs a person,
 * then the facts. Lines are at most 80 columns. All text from the job goes through `visible`.
 */
import type { JobEnd } from '@gatehouse/schema'
import type { Destination, Summary } from './summary.ts'
import { shorten, visible, widthOf } from './visible.ts'

export interface RenderOptions {
  readonly color: boolean
  readonly command: string
  readonly durationMs: number
  readonly end: JobEnd
  readonly mode: 'full' | 'degraded' | 'none'
  readonly reasons: readonly string[]
  readonly report?: string
  /** What became of sending the record to a server. */
  readonly upload?: string
}

const COLUMNS = 80
const ROWS_MAX = 12

/** The whole summary, ending in a line feed. */
export function renderSummary(summary: Summary, options: RenderOptions): string {
  const paint = painter(options.color)
  const lines: string[] = ['']
  lines.push(`${paint.bold('gatehouse')}  ${shorten(visible(options.command), COLUMNS - 11)}`)
  lines.push(...wrap(headline(summary, options), 0).map((line) => verdictColor(summary, options, paint)(line)))

  if (summary.findings.length > 0) lines.push('', paint.bold('Findings'), ...findingLines(summary, paint))
  if (summary.destinations.length > 0) lines.push('', paint.bold('Destinations'), ...destinationLines(summary, paint))
  if (summary.executables.length > 0) lines.push('', paint.bold('Programs'), ...programLines(summary, paint))
  if (summary.downloads.length > 0) lines.push('', paint.bold('Downloads'), ...downloadLines(summary))
  if (summary.areas.length > 0) lines.push('', paint.bold('Files changed'), ...fileLines(summary, paint))

  const notes = [...options.reasons, ...options.end.notes, ...(options.upload === undefined ? [] : [options.upload])]
  if (notes.length > 0) lines.push('', paint.bold('Notes'), ...notes.flatMap((note) => wrap(visible(note), 2)))
  if (options.report !== undefined) lines.push('', `Full record: ${shorten(visible(options.report), COLUMNS - 13)}`)
  return `${lines.join('\n')}\n`
}

/** One sentence of what is true now. */
function headline(summary: Summary, { end, mode, durationMs }: RenderOptions): string {
  const ended = end.exitCode === 0 ? 'succeeded' : `ended with exit code ${end.exitCode}`
  const after = `after ${duration(durationMs)}`
  if (mode === 'none') return `! Not watched: the command ${ended} ${after}, and nothing is known about what it did.`
  const facts = `${count(summary.processes, 'process', 'processes')}, ${count(summary.destinations.length, 'destination')}, ${count(summary.files, 'file')} changed`
  const odd = summary.findings.length + summary.findingsOmitted
  const found = odd === 0 ? 'Nothing odd.' : `${count(odd, 'finding')}, worst ${summary.findings[0]?.severity ?? 'unknown'}.`
  const record = end.verdict === 'complete' ? 'The record is complete.' : `The record is ${end.verdict}: ${losses(summary)}.`
  return `${odd === 0 ? '✓' : '✗'} ${found} The command ${ended} ${after}: ${facts}. ${record}`
}

function losses(summary: Summary): string {
  const parts = [...summary.lost].map(([type, lost]) => `${lost} ${visible(type)}`)
  return parts.length === 0 ? 'see the notes' : `lost ${parts.slice(0, 4).join(', ')}`
}

function findingLines(summary: Summary, paint: Painter): string[] {
  const lines: string[] = []
  for (const finding of summary.findings.slice(0, ROWS_MAX)) {
    const severity = finding.severity.toUpperCase().padEnd(8)
    const tint =
      finding.severity === 'high' || finding.severity === 'critical' ? paint.red : finding.severity === 'medium' ? paint.yellow : paint.dim
    lines.push(`  ${tint(severity)}  ${shorten(visible(finding.title), COLUMNS - 12)}`)
    lines.push(...wrap(visible(finding.message), 12))
    const where = whoLine(summary, finding.process, finding.step)
    if (where !== '') lines.push(paint.dim(`            ${shorten(where, COLUMNS - 12)}`))
  }
  const rest = summary.findings.length + summary.findingsOmitted - ROWS_MAX
  if (rest > 0) lines.push(`  … and ${rest} more, in the record`)
  return lines
}

function destinationLines(summary: Summary, paint: Painter): string[] {
  const lines: string[] = []
  for (const destination of summary.destinations.slice(0, ROWS_MAX)) {
    const name = visible(destination.domain ?? destination.ip)
    const host = name.includes(':') && destination.domain === undefined ? `[${name}]` : name
    const place = `${host}:${destination.port}${destination.protocol === 'tcp' ? '' : `/${destination.protocol}`}`
    const traffic = trafficOf(destination)
    lines.push(`  ${pad(shorten(place, COLUMNS - 4 - widthOf(traffic)), COLUMNS - 4 - widthOf(traffic))}  ${traffic}`)
    const [process = 0] = destination.processes
    const [step = 0] = destination.steps
    const who = [
      destination.noDns ? 'no DNS answer named this address' : '',
      destination.domain === undefined ? '' : visible(destination.ip),
      whoLine(summary, process, step),
    ].filter((part) => part !== '')
    if (who.length > 0) lines.push((destination.noDns ? paint.yellow : paint.dim)(`    ${shorten(who.join(' · '), COLUMNS - 4)}`))
  }
  const rest = summary.destinations.length + summary.destinationsOmitted - ROWS_MAX
  if (rest > 0) lines.push(`  … and ${rest} more, in the record`)
  return lines
}

function trafficOf({ connections, failed, sent, received }: Destination): string {
  if (failed === connections) return connections === 1 ? 'not reached' : `not reached, ${connections} times`
  const times = connections === 1 ? '' : `${connections} × `
  return `${times}↑ ${bytes(sent)} ↓ ${bytes(received)}`
}

/** The step and the chain of programs: a connection is never shown without who made it. */
function whoLine(summary: Summary, process: number, step: number): string {
  const chain = summary.chain(process).map(visible).join(' ‹ ')
  const name = summary.steps.length > 1 ? summary.steps.find(({ number }) => number === step)?.name : undefined
  return [name === undefined ? '' : `step ${visible(name)}`, chain].filter((part) => part !== '').join(' · ')
}

function programLines(summary: Summary, paint: Painter): string[] {
  const odd = summary.executables.filter((executable) => executable.odd !== undefined).slice(0, ROWS_MAX)
  const lines = odd.map(({ path, odd: kind }) =>
    paint.yellow(
      `  ${shorten(visible(path), COLUMNS - 36)}  ${kind === 'memfd' ? 'ran from memory, not from a file' : 'ran after its file was deleted'}`,
    ),
  )
  const ordinary = summary.executables.filter((executable) => executable.odd === undefined)
  const names = ordinary
    .slice(0, 24)
    .map(({ path, runs }) => `${visible(path.slice(path.lastIndexOf('/') + 1))}${runs > 1 ? ` ×${runs}` : ''}`)
  if (ordinary.length > 24) names.push(`and ${ordinary.length - 24} more`)
  return [...lines, ...wrap(names.join(', '), 2)]
}

/** By ecosystem: how many, and the first names. The record has them all. */
function downloadLines(summary: Summary): string[] {
  const groups = new Map<string, string[]>()
  for (const { ecosystem, name, version } of summary.downloads) {
    const names = groups.get(ecosystem) ?? []
    groups.set(ecosystem, names)
    names.push(version === undefined ? name : `${name} ${version}`)
  }
  const lines = [...groups].map(([ecosystem, names]) => {
    const left = `  ${String(names.length).padStart(6)}  ${ecosystem}`
    return `${left}  ${shorten(visible(names.slice(0, 5).join(', ')), COLUMNS - widthOf(left) - 2)}`
  })
  if (summary.downloadsOmitted > 0) lines.push(`  … and ${summary.downloadsOmitted} more`)
  return lines
}

function fileLines(summary: Summary, paint: Painter): string[] {
  return summary.areas.map(({ name, count: changed, examples }) => {
    const left = `  ${String(changed).padStart(6)}  ${name}`
    const room = COLUMNS - widthOf(left) - 2
    return room < 12 ? left : `${left}  ${paint.dim(shorten(visible(examples.join('  ')), room))}`
  })
}

interface Painter {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

export function painter(color: boolean): Painter {
  const wrapIn = (code: number) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { bold: wrapIn(1), dim: wrapIn(2), red: wrapIn(31), yellow: wrapIn(33), green: wrapIn(32) }
}

function verdictColor(summary: Summary, { mode, end }: RenderOptions, paint: Painter): (text: string) => string {
  if (summary.findings.some(({ severity }) => severity === 'high' || severity === 'critical')) return paint.red
  if (mode !== 'full' || end.verdict !== 'complete' || summary.findings.length > 0) return paint.yellow
  return paint.green
}

/** Breaks at spaces; a word longer than the line is cut in the middle. */
export function wrap(text: string, indent: number): string[] {
  const width = COLUMNS - indent
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const fitted = shorten(word, width)
    if (line !== '' && widthOf(line) + 1 + widthOf(fitted) > width) {
      lines.push(line)
      line = fitted
    } else line = line === '' ? fitted : `${line} ${fitted}`
  }
  if (line !== '') lines.push(line)
  return lines.map((each) => ' '.repeat(indent) + each)
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

export function bytes(number: number): string {
  if (number < 1_000) return `${number} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = number / 1_000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}
