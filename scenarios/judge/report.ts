/* A report of `gatehouse run`, read into what a judge asks of it. */
import { readFileSync } from 'node:fs'
import type { Event, Finding, Job, JobEnd, JournalRecord, Step } from '@gatehouse/schema'

export interface Report {
  readonly records: readonly JournalRecord[]
  readonly job: Job
  readonly steps: ReadonlyMap<number, Step>
  readonly events: readonly Event[]
  readonly findings: readonly Finding[]
  readonly end: JobEnd
  /** From the oldest ancestor to the process itself: each as program name and arguments. */
  chain(process: number): string[]
}

/**
 * Reads a report file.
 * @throws {Error} when it does not begin with a job and finish with an end: then nothing in it can be relied on.
 */
export function readReport(file: string): Report {
  const text = readFileSync(file, 'utf8')
  return buildReport(
    text
      .split('\n')
      .filter(Boolean)
      // Safe: our own agent wrote it, and its own tests validate what it writes.
      .map((line) => JSON.parse(line) as JournalRecord),
  )
}

/** The same from records. */
export function buildReport(records: readonly JournalRecord[]): Report {
  const first = records[0]
  const last = records.at(-1)
  if (first?.record !== 'job') throw new Error('the report does not begin with a job')
  if (last?.record !== 'end') throw new Error('the report is cut short: it has no end')

  const steps = new Map<number, Step>()
  const events: Event[] = []
  const findings: Finding[] = []
  const lineage = new Map<number, { parent: number; words: string }>()
  for (const record of records) {
    if (record.record === 'step') steps.set(record.step.number, record.step)
    if (record.record === 'finding') findings.push(record.finding)
    if (record.record !== 'event') continue
    const { event } = record
    events.push(event)
    if (event.kind !== 'process' || event.op === 'exit') continue
    const known = lineage.get(event.process)
    const program = event.exe.split('/').at(-1) ?? event.exe
    const words = event.argv ? [program, ...event.argv.slice(1)].join(' ') : (known?.words ?? program)
    lineage.set(event.process, { parent: event.parent ?? known?.parent ?? 0, words })
  }

  function chain(process: number): string[] {
    const words: string[] = []
    // A process is never its own ancestor, but a report is a file: a loop in it must not be one here.
    const visited = new Set<number>()
    for (let at = process; at !== 0 && !visited.has(at); at = lineage.get(at)?.parent ?? 0) {
      visited.add(at)
      const entry = lineage.get(at)
      if (!entry) break
      words.unshift(entry.words)
    }
    return words
  }
  return { records, job: first.job, steps, events, findings, end: last.end, chain }
}
