/**
 * One timed run of a job, alone or under a watcher (`gatehouse run --`, `strace -f …`). Two clocks: the inner one around the job, the
 * outer one around the watcher. The difference of their CPU times is what the watcher itself used.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentProcess, peakResidentBytes } from './processes.ts'
import type { Workload } from './workloads/workload.ts'

export interface Timing {
  readonly wallSeconds: number
  /** User and system time of all processes that were waited for. */
  readonly cpuSeconds: number
}

export interface Run {
  readonly job: Timing
  readonly whole: Timing
  /** Peak resident memory of the watcher's own process, bytes; 0 without a watcher. */
  readonly watcherPeakBytes: number
}

/** A wrapper's own resource usage reaches us through bash, whose `time` reads what wait4 says, in milliseconds. */
const TIMED = `TIMEFORMAT='%3R %3U %3S'; exec 3>"$1"; shift; { time "$@" 3>&- 2>&4 4>&-; } 4>&2 2>&3`

const timed = (file: string, argv: readonly string[]) => ['bash', '-c', TIMED, 'timed', file, ...argv]

/** There was no time for a run. */
export class TooLate extends Error {}

export interface WatcherRun {
  readonly prefix: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Clock of `performance.now` at which the run is ended and counts as not done. */
  readonly end?: number
  /** Called about every 50 ms with the watcher's process id while it lives. */
  onProcess?(pid: number): void
}

/**
 * Resets the workload, runs it, and reads both clocks.
 * @param scratch a folder for the clocks' files.
 * @throws TooLate when it did not end by `watcher.end`; then all its processes are ended.
 * @throws Error with the end of the job's output when it fails.
 */
export async function runOnce(workload: Workload, scratch: string, watcher?: WatcherRun): Promise<Run> {
  const end = watcher?.end ?? Number.POSITIVE_INFINITY
  if (performance.now() >= end) throw new TooLate()
  await workload.reset()
  const inner = join(scratch, 'inner.time')
  const outer = join(scratch, 'outer.time')
  const argv = timed(outer, [...(watcher?.prefix ?? []), ...timed(inner, workload.argv)])
  let peak = 0
  await new Promise<void>((resolve, reject) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      cwd: workload.cwd,
      env: { ...process.env, ...workload.env, ...watcher?.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that all of it can be ended.
      detached: true,
    })
    let late = false
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000)
      })
    }
    const timer = setInterval(() => {
      if (!late && performance.now() >= end && child.pid !== undefined) {
        late = true
        process.kill(-child.pid, 'SIGTERM')
      }
      if (watcher === undefined || child.pid === undefined) return
      const pid = agentProcess(child.pid)
      if (pid === undefined) return
      peak = Math.max(peak, peakResidentBytes(pid))
      watcher.onProcess?.(pid)
    }, 50)
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      if (late) reject(new TooLate())
      else if (code === 0) resolve()
      else reject(new Error(`${[...(watcher?.prefix ?? []), ...workload.argv].join(' ')} ended with ${code}:\n${said}`))
    })
  })
  return { job: readTiming(inner), whole: readTiming(outer), watcherPeakBytes: peak }
}

function readTiming(file: string): Timing {
  const [wall, user, system] = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number)
  if (wall === undefined || user === undefined || system === undefined) throw new Error(`no timing in ${file}`)
  return { wallSeconds: wall, cpuSeconds: user + system }
}
