/*
 * The report file: JSON Lines, one record a line. Lines are collected and written in one call each time, always whole, so a report that
 * ends early still is a report. A disk that refuses is noticed once, counted, and never stops the job.
 */
import type { JournalRecord } from '@gatehouse/schema'
import { closeSync, constants, openSync, writeSync } from 'node:fs'

export interface ReportWriter {
  readonly write: (record: JournalRecord) => void
  flush(): void
  /** Writes what is left. Returns the problem if any line could not be written. */
  close(): string | undefined
}

const BUFFER_LENGTH_MAX = 256 * 1_024
const FLUSH_INTERVAL_MS = 200

/** Creates (or empties) the file, readable by its owner only: a record says a lot about a build. Throws when it cannot. */
export function openReport(path: string): ReportWriter {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600)
  let lines: string[] = []
  let length = 0
  let unwritten = 0
  let problem: string | undefined

  const flush = () => {
    if (lines.length === 0) return
    const count = lines.length
    const bytes = Buffer.from(lines.join(''))
    lines = []
    length = 0
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    } catch (error) {
      unwritten += count
      problem ??= error instanceof Error ? error.message : String(error)
    }
  }
  const timer = setInterval(flush, FLUSH_INTERVAL_MS)
  timer.unref()

  return {
    flush,
    write(record) {
      const line = `${JSON.stringify(record)}\n`
      lines.push(line)
      length += line.length
      if (length >= BUFFER_LENGTH_MAX) flush()
    },
    close() {
      clearInterval(timer)
      flush()
      closeSync(file)
      return problem === undefined ? undefined : `${unwritten} records could not be written to the report: ${problem}`
    },
  }
}
