/** What watching costs a job: wall time, CPU time, in-kernel time, the agent's own CPU and memory; `strace -f` beside it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { missingPrograms } from '../tools/debian/command.ts'
import { cannotRun, gatehouseRun } from './gatehouse.ts'
import { compileHelpers, type Helpers } from './helpers.ts'
import { callProgram, foreignPrice, type KernelClock, openKernelClock, type ProgramTime, shareOfJob, since } from './in-kernel.ts'
import { type Bench, type BenchOptions, outcome, type Part, part, skipped } from './outcome.ts'
import { bpfPrograms } from './processes.ts'
import { alternatingPairs, estimate, median, ratioOfPairs } from './statistics.ts'
import { type Run, runOnce, TooLate } from './timing.ts'
import { cProject } from './workloads/c-project.ts'
import { forkStorm } from './workloads/fork-storm.ts'
import { npmProject } from './workloads/npm-project.ts'
import type { Workload } from './workloads/workload.ts'

/** Percent of the job's CPU time, by what the job mostly does. */
const KERNEL_SHARE_TARGET: Readonly<Record<Workload['kind'], number>> = { compile: 0.5, 'exec-bound': 2, 'file-bound': 2 }
/** When everything must have ended, of the 15 minutes and the 60 seconds that a bench has. What is not measured by then is missing. */
const FULL_SECONDS = 840
const QUICK_SECONDS = 50
/** How long the neighbours' system calls are watched, to learn what each costs. */
const NEIGHBOURS_MILLISECONDS = 1_000
const PAIRS = 11
const AGENT_SHARE_TARGET = 3
const AGENT_MEGABYTES_TARGET = 120

export const overhead: Bench = {
  name: 'overhead',
  title: 'cost of watching a configure-and-make build, npm ci and a fork storm',
  async run(options) {
    const reason = cannotRun() ?? missingPrograms({ cc: 'gcc', make: 'make', bash: 'bash', npm: 'npm', strace: 'strace' })
    if (reason !== undefined) return skipped('overhead', 'ratio', 1.02, reason)
    const started = performance.now()
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-overhead-'))
    try {
      const helpers = await compileHelpers(folder)
      const size = options.quick ? 'quick' : 'full'
      const project = cProject(join(folder, 'c'), size)
      mkdirSync(join(folder, 'npm'))
      const workloads = [
        () => Promise.resolve(project.configure),
        () => Promise.resolve(project.make),
        () => Promise.resolve(forkStorm(helpers, folder, size)),
        () => npmProject(join(folder, 'npm'), size),
      ]
      const startup = await startupCpu(folder, options)
      const bench: Setup = { helpers, folder, startup }
      const measured: Measured[] = []
      const end = started + (options.quick ? QUICK_SECONDS : FULL_SECONDS) * 1000
      for (const [i, workload] of workloads.entries()) {
        const share = (end - performance.now()) / (workloads.length - i)
        if (share > 0) measured.push(await measure(await workload(), bench, performance.now() + share, options))
        else options.say(`no time for ${workloads.length - i} more jobs`)
      }
      const parts = measured.flatMap((one) => one.parts)
      const main = parts.find(({ name }) => name === 'make: wall ratio') ?? part('make: wall ratio', Number.NaN, 'ratio', 1.02)
      return outcome(
        'overhead',
        main,
        parts,
        measured
          .filter(({ strace }) => !Number.isNaN(strace))
          .map(({ name, strace }) => ({ name: `strace -f, ${name}: wall ratio`, figure: strace })),
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Setup {
  readonly helpers: Helpers
  readonly folder: string
  /** CPU seconds of `gatehouse run` around nothing. */
  readonly startup: number
}

interface Measured {
  readonly name: string
  readonly parts: readonly Part[]
  readonly strace: number
}

/** @param end when it must be done, on the clock of `performance.now`. */
async function measure(workload: Workload, setup: Setup, end: number, options: BenchOptions): Promise<Measured> {
  const { folder, startup } = setup
  const { name, kind } = workload
  const report = join(folder, 'report.jsonl')
  const watched = { prefix: gatehouseRun(report) }
  const traced = { prefix: ['strace', '-f', '-qq', '-o', join(folder, 'strace.out'), '-e', 'trace=execve,openat,connect'] }
  // Counting first: it does not depend on the machine's load, and pairs can be fewer, a count cannot. It gets half the time at most.
  const halfway = (performance.now() + end) / 2
  const kernel = await inTime(kernelShare(workload, setup, halfway))
  const pairsUntil = (2 * end + performance.now()) / 3
  const alone = { prefix: [], end }
  await inTime(runOnce(workload, folder, alone))
  const pairs = await alternatingPairs(
    options.quick ? 3 : PAIRS,
    () => runOnce(workload, folder, alone),
    () => runOnce(workload, folder, { ...watched, end }),
    () => performance.now() > pairsUntil,
  )
  if (pairs.length === 0) {
    options.say(`${name}: no time for a single pair`)
    return { name, strace: Number.NaN, parts: [part(`${name}: pairs missing`, PAIRS, 'pairs', 0)] }
  }
  const straced = await inTime(runOnce(workload, folder, { ...traced, end }))
  const wall = ratioOfPairs(compare(pairs, ({ job }) => job.wallSeconds))
  const cpu = ratioOfPairs(compare(pairs, ({ job }) => job.cpuSeconds))
  const agent = estimate(pairs.map(({ on }) => (100 * (on.whole.cpuSeconds - on.job.cpuSeconds)) / on.job.cpuSeconds))
  const afterStart = estimate(
    pairs.map(({ on }) => (100 * Math.max(0, on.whole.cpuSeconds - on.job.cpuSeconds - startup)) / on.job.cpuSeconds),
  )
  const memory = Math.max(...pairs.map(({ on }) => on.watcherPeakBytes)) / 1e6
  const off = median(pairs.map((pair) => pair.off.job.wallSeconds))
  const strace = straced === undefined ? Number.NaN : straced.job.wallSeconds / off
  options.say(`${name}: ${off.toFixed(2)} s alone, ${pairs.length} pairs, ${lost(report)} records lost; ${kernelWords(kernel)}`)
  return {
    name,
    strace,
    parts: [
      // A busy machine leaves no time for all pairs; then the ratios are only reported, and this is what failed.
      part(`${name}: pairs missing`, Math.max(0, PAIRS - pairs.length), 'pairs', options.quick ? null : 0),
      part(`${name}: wall ratio`, wall.median, 'ratio', workload.wallTarget, [wall.low, wall.high]),
      part(`${name}: CPU ratio of the job`, cpu.median, 'ratio', null, [cpu.low, cpu.high]),
      part(`${name}: in-kernel time`, kernel?.percent ?? Number.NaN, '% of job CPU', KERNEL_SHARE_TARGET[kind]),
      part(`${name}: agent CPU`, agent.median, '% of job CPU', null, [agent.low, agent.high]),
      part(
        `${name}: agent CPU after its start`,
        afterStart.median,
        '% of job CPU',
        // A fork storm does nothing but what the agent looks at; it is reported only.
        workload.wallTarget === null ? null : AGENT_SHARE_TARGET,
        [afterStart.low, afterStart.high],
      ),
      part(`${name}: agent memory`, memory, 'MB', AGENT_MEGABYTES_TARGET),
    ],
  }
}

const compare = (pairs: readonly { on: Run; off: Run }[], figure: (run: Run) => number) =>
  pairs.map(({ on, off }) => ({ on: figure(on), off: figure(off) }))

/** CPU seconds that `gatehouse run` uses for a job that does nothing. */
async function startupCpu(folder: string, options: BenchOptions): Promise<number> {
  const nothing: Workload = {
    name: 'true',
    kind: 'exec-bound',
    wallTarget: null,
    argv: ['true'],
    cwd: folder,
    reset: () => Promise.resolve(),
  }
  const runs: number[] = []
  for (let i = 0; i < (options.quick ? 3 : 7); i++) {
    const run = await runOnce(nothing, folder, { prefix: gatehouseRun(join(folder, 'report.jsonl')) })
    runs.push(run.whole.cpuSeconds - run.job.cpuSeconds)
  }
  options.say(`gatehouse run of nothing: ${median(runs).toFixed(2)} s of CPU`)
  return median(runs)
}

/** What there was no time for is undefined: missing, and for a judged figure that is a failure. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof TooLate) return undefined
    throw error
  }
}

interface KernelShare {
  readonly percent: number
  readonly milliseconds: number
  readonly machineMilliseconds: number
  readonly calls: number
  readonly foreignCalls: number
  readonly foreignPrice: number
}

function kernelWords(kernel: KernelShare | undefined): string {
  if (kernel === undefined) return 'no time to count what happens in the kernel'
  const { milliseconds, machineMilliseconds, calls, foreignCalls, foreignPrice: price } = kernel
  return (
    `in the kernel ${milliseconds.toFixed(1)} ms for the job's ${calls} calls (${machineMilliseconds.toFixed(1)} ms with ` +
    `${foreignCalls} calls of other processes, ${price.toFixed(0)} ns each)`
  )
}

/**
 * A run with the kernel's own counters on: wall time is noise at this scale, these are not. The job waits at first, while the system calls
 * that come are its neighbours' alone; what one of them costs then is what each of them costs later.
 */
async function kernelShare(workload: Workload, { helpers, folder }: Setup, end: number): Promise<KernelShare> {
  const calls = await systemCalls(workload, folder, end)
  const clock = await openKernelClock(helpers)
  try {
    const go = join(folder, 'go')
    rmSync(go, { force: true })
    const waits = ['sh', '-c', 'for i in $(seq 200); do test -e "$0" && break; sleep 0.1; done; exec "$@"', go, ...workload.argv]
    let neighbours: Promise<Neighbours> | undefined
    const run = await runOnce({ ...workload, argv: waits }, folder, {
      prefix: gatehouseRun(join(folder, 'report.jsonl')),
      end,
      onProcess(pid) {
        clock.watch(bpfPrograms(pid))
        if (neighbours !== undefined) return
        neighbours = watchNeighbours(clock).finally(() => writeFileSync(go, ''))
        // Awaited after the run; when that was ended early, its own error is the one to tell.
        neighbours.catch(() => undefined)
      },
    })
    if (neighbours === undefined) throw new Error('no kernel programs were seen')
    const { price, start } = await neighbours
    const programs = since(start, await clock.read())
    const share = shareOfJob(programs, calls, price)
    const total = programs.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0)
    return {
      percent: share / 1e7 / run.job.cpuSeconds,
      milliseconds: share / 1e6,
      machineMilliseconds: total / 1e6,
      calls,
      foreignCalls: Math.max(0, callProgram(programs).runs - calls),
      foreignPrice: price,
    }
  } finally {
    await clock.close()
  }
}

interface Neighbours {
  /** Nanoseconds in our program of a system call that is none of our business, statistics included. */
  readonly price: number
  /** The counters when the job began. */
  readonly start: readonly ProgramTime[]
}

async function watchNeighbours(clock: KernelClock): Promise<Neighbours> {
  // Programs are loaded one after the other; the one on system calls is at work when it has run.
  let before = await clock.read()
  for (let tries = 0; callProgram(before).runs === 0 && tries < 100; tries++) {
    await setTimeout(50)
    before = await clock.read()
  }
  await setTimeout(NEIGHBOURS_MILLISECONDS)
  const start = await clock.read()
  return { price: foreignPrice(since(before, start)), start }
}

/** How many system calls the job makes, counted by strace in a run of its own. */
async function systemCalls(workload: Workload, folder: string, end: number): Promise<number> {
  const file = join(folder, 'calls.txt')
  await runOnce(workload, folder, { prefix: ['strace', '-f', '-qq', '-c', '-S', 'calls', '-o', file], end })
  const total = /^\s*100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$/m.exec(readFileSync(file, 'utf8'))?.[1]
  if (total === undefined) throw new Error('strace -c printed no total')
  return Number(total)
}

/** Records the last run lost, by its own account. */
function lost(report: string): number {
  const counts = [...readFileSync(report, 'utf8').matchAll(/"lost":(\d+)/g)]
  return counts.reduce((sum, match) => sum + Number(match[1]), 0)
}
