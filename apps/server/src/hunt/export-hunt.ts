/* The answer of a hunt as a file: one row per step in which it was seen. */
import type { HuntExportRequest, HuntRun } from '@gatehouse/schema'
import { printHunt } from '@gatehouse/schema/hunt'
import type { Context } from '../context.ts'
import { askStore, readQuery, toAnswer, type HuntGate } from './answer-hunt.ts'

export interface ExportFile {
  readonly mediaType: string
  readonly name: string
  readonly text: string
}

/** Runs in a file. Who has more asks for less, by time or repository; the file says how many there are. */
const RUNS_MAX = 10_000
const COLUMNS = ['repository', 'workflow', 'run', 'job', 'job_id', 'step', 'first', 'last', 'events'] as const

/** The file. */
export async function exportHunt(context: Context, gate: HuntGate, org: number, request: HuntExportRequest): Promise<ExportFile> {
  const expression = readQuery(request.query, context.now())
  const found = await askStore(context, gate, org, { expression, limit: RUNS_MAX, samples: 0 })
  const runs = found.runs.map(toAnswer)
  if (request.format === 'csv') return { mediaType: 'text/csv; charset=utf-8', name: 'hunt.csv', text: csvOf(runs) }
  const answer = {
    query: printHunt(expression),
    source: found.source,
    totals: found.totals,
    runsOmitted: found.totals.runs - runs.length,
    runs,
  }
  return { mediaType: 'application/json', name: 'hunt.json', text: JSON.stringify(answer) }
}

/** RFC 4180, every cell quoted. */
export function csvOf(runs: readonly HuntRun[]): string {
  const rows = runs.flatMap(({ run, announced, repository = '', workflow = '', places }) =>
    places.map(({ job, jobName = '', step, first, last, events }) => [
      repository,
      workflow,
      announced ? run : '',
      jobName,
      job,
      String(step),
      timeText(first),
      timeText(last),
      String(events),
    ]),
  )
  return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/**
 * A cell that no spreadsheet takes for a formula: names of jobs and workflows are chosen by whoever is hunted for.
 * Source: OWASP, "CSV Injection".
 */
function cell(text: string): string {
  const harmless = /^\s*[=+\-@|%]|^[\t\r\n]/.test(text) ? `'${text}` : text
  return `"${harmless.replaceAll('"', '""')}"`
}

function timeText(micros: number): string {
  return `${new Date(Math.floor(micros / 1e6) * 1_000).toISOString().slice(0, 19)}.${String(micros % 1e6).padStart(6, '0')}Z`
}
