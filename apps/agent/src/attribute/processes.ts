/*
 * The processes of a job. A pid is reused, (pid, start time) is not: each such pair gets a number of its own, once. Processes that ended
 * are kept for a while, because records of theirs may still be on the way through the other ring.
 */

export interface Process {
  readonly number: number
  readonly pid: number
  readonly startNs: number
  parent: number
  exe: string
  argv: readonly string[]
  /** Step tag as the kernel gave it. */
  step: number
  uid: number | undefined
  /** Whether it has executed a program since it was forked. */
  executed: boolean
  ended: boolean
}

export interface ProcessTable {
  /** The process, made known now if it is not yet. `pid` 0 is nobody. */
  get(pid: number, startNs: number, step: number): Process | undefined
  find(pid: number, startNs: number): Process | undefined
  /** The process that has this pid now, for records that know no more than a pid. */
  byPid(pid: number): Process | undefined
  byNumber(number: number): Process | undefined
  end(process: Process): void
  readonly count: number
  living(): Process[]
}

const ENDED_KEPT_MAX = 20_000

export function createProcessTable(): ProcessTable {
  const byIdentity = new Map<string, Process>()
  const byNumber = new Map<number, Process>()
  const current = new Map<number, Process>()
  const ended: Process[] = []
  let endedFirst = 0
  let count = 0

  const forget = (process: Process) => {
    byIdentity.delete(identity(process.pid, process.startNs))
    byNumber.delete(process.number)
    if (current.get(process.pid) === process) current.delete(process.pid)
  }

  return {
    get count() {
      return count
    },
    find: (pid, startNs) => byIdentity.get(identity(pid, startNs)),
    byPid: (pid) => current.get(pid),
    byNumber: (number) => byNumber.get(number),
    living: () => [...byNumber.values()].filter((process) => !process.ended),
    get(pid, startNs, step) {
      if (pid === 0) return undefined
      // A socket's owner may be known by pid alone.
      const known = startNs === 0 ? current.get(pid) : byIdentity.get(identity(pid, startNs))
      if (known) return known
      count++
      const process: Process = {
        number: count,
        pid,
        startNs,
        parent: 0,
        exe: '',
        argv: [],
        step,
        uid: undefined,
        executed: false,
        ended: false,
      }
      byIdentity.set(identity(pid, startNs), process)
      byNumber.set(process.number, process)
      current.set(pid, process)
      return process
    },
    end(process) {
      if (process.ended) return
      process.ended = true
      ended.push(process)
      while (ended.length - endedFirst > ENDED_KEPT_MAX) {
        const oldest = ended[endedFirst++]
        if (oldest) forget(oldest)
      }
      // Cut the used front off now and then instead of shifting each time.
      if (endedFirst > ENDED_KEPT_MAX) {
        ended.splice(0, endedFirst)
        endedFirst = 0
      }
    },
  }
}

function identity(pid: number, startNs: number): string {
  return `${pid}:${startNs}`
}
