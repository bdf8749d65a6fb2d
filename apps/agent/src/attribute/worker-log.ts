/*
 * Reads the runner worker's own log for what steps are called. The log says "processing step X" and then which pid it started, so a name is
 * taken only for a pid that the kernel also saw the worker fork. It is written by the runner's user, whom the job may be: it decides what
 * a step is called, never what belongs to it.
 */
import { closeSync, constants, fstatSync, openSync, readSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface WorkerLog {
  /** Reads what was added; call now and then. */
  poll(): void
  close(): void
}

const READ_BYTES_MAX = 1 << 20
const LINE_LENGTH_MAX = 65_536

/**
 * @param workerExe Path of the worker's executable: the log lies beside its folder, in `_diag`.
 * @param onName    A pid and the name of the step that was processed when it was started.
 * @returns Nothing when there is no log that can be read.
 */
export function openWorkerLog(workerExe: string, onName: (pid: number, name: string) => void): WorkerLog | undefined {
  const file = openNewest(join(dirname(dirname(workerExe)), '_diag'))
  if (file === undefined) return undefined
  const parser = createWorkerLogParser(onName)
  const buffer = Buffer.alloc(65_536)
  let at = 0
  return {
    poll() {
      try {
        for (let total = 0; total < READ_BYTES_MAX;) {
          const count = readSync(file, buffer, 0, buffer.length, at)
          if (count === 0) return
          at += count
          total += count
          parser.push(buffer.toString('utf8', 0, count))
        }
      } catch {
        // The log only gives names; without it steps keep their ids.
      }
    },
    close: () => closeSync(file),
  }
}

/** The part that needs no file: lines in any pieces. */
export function createWorkerLogParser(onName: (pid: number, name: string) => void): { push(text: string): void } {
  let rest = ''
  let name = ''
  return {
    push(text) {
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-LINE_LENGTH_MAX)
      for (const line of lines) {
        const step = /Processing (?:embedded )?step: DisplayName='(.{0,1024})'\s*$/.exec(line)
        if (step) name = step[1] ?? ''
        const started = /Process started with process id (\d{1,10})\b/.exec(line)
        if (started && name !== '') onName(Number(started[1]), name)
      }
    },
  }
}

function openNewest(folder: string): number | undefined {
  try {
    // The names hold the UTC time, so the last in order is the newest.
    const newest = readdirSync(folder)
      .filter((name) => /^Worker_[\w.-]+\.log$/.test(name))
      .toSorted()
      .at(-1)
    if (newest === undefined) return undefined
    // The folder is the job's to write: no link, no pipe, nothing that blocks.
    const file = openSync(join(folder, newest), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if (fstatSync(file).isFile()) return file
    closeSync(file)
    return undefined
  } catch {
    return undefined
  }
}
