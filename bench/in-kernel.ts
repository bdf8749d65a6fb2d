/** Time spent in BPF programs, counted by the kernel while a helper holds the statistics descriptor open. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Helpers } from './helpers.ts'

export interface ProgramTime {
  readonly name: string
  readonly runs: number
  readonly nanoseconds: number
}

export interface KernelClock {
  /** Counts these programs too, from when they were loaded, and also after their owner is gone. */
  watch(ids: Iterable<number>): void
  read(): Promise<readonly ProgramTime[]>
  close(): Promise<void>
}

/** @throws Error when the kernel refuses statistics (not root, or older than 5.8). */
export async function openKernelClock(helpers: Helpers): Promise<KernelClock> {
  const child = spawn(helpers.bpfStatistics, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') throw new Error('the kernel refuses BPF statistics')
  const watched = new Set<number>()
  return {
    watch(ids) {
      for (const id of ids) {
        if (watched.has(id)) continue
        watched.add(id)
        child.stdin.write(`watch ${id}\n`)
      }
    },
    async read() {
      child.stdin.write('read\n')
      const programs: ProgramTime[] = []
      for (;;) {
        const { value: line, done } = await lines.next()
        if (done === true || line === undefined) throw new Error('the statistics helper ended')
        if (line === '.') return programs
        const [, name, runs, nanoseconds] = line.split(' ')
        programs.push({ name: name ?? '', runs: Number(runs), nanoseconds: Number(nanoseconds) })
      }
    },
    async close() {
      child.stdin.end()
      await ended
    },
  }
}

/** The one program that runs at every system call of the machine. */
export function callProgram(programs: readonly ProgramTime[]): ProgramTime {
  return programs.find(({ name }) => name === 'on_call') ?? { name: 'on_call', runs: 0, nanoseconds: 0 }
}

/**
 * The part of the in-kernel time that a job caused. The program on system calls runs for every call on the machine and returns at
 * once for processes that are not watched; those returns are not the job's.
 * @param jobCalls system calls that the job made.
 * @param price nanoseconds of one return for a process that is not watched.
 */
export function shareOfJob(programs: readonly ProgramTime[], jobCalls: number, price: number): number {
  const total = programs.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0)
  const foreignCalls = Math.max(0, callProgram(programs).runs - jobCalls)
  return Math.max(0, total - foreignCalls * price)
}

/** What the programs did between two readings. */
export function since(before: readonly ProgramTime[], now: readonly ProgramTime[]): readonly ProgramTime[] {
  const earlier = new Map(before.map((program) => [program.name, program]))
  return now.map(({ name, runs, nanoseconds }) => ({
    name,
    runs: runs - (earlier.get(name)?.runs ?? 0),
    nanoseconds: nanoseconds - (earlier.get(name)?.nanoseconds ?? 0),
  }))
}

/**
 * Nanoseconds of one system call of a process that is not watched, from a time when there were only such. A tight loop would give a
 * lower price: real neighbours come with cold caches. 0, which counts them as the job's, when there were too few to tell.
 */
export function foreignPrice(programs: readonly ProgramTime[]): number {
  const { runs, nanoseconds } = callProgram(programs)
  return runs < 200 ? 0 : nanoseconds / runs
}
