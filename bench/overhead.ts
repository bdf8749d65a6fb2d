/** What watching costs a job: wall time, CPU time, in-kernel time, the agent's own CPU and memory; `strace -f` beside it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, missingPrograms } from '../tools/debian/command.ts'
import { cannotRun, gatehouseRun } from './gatehouse.ts'
import { compileHelpers, type Helpers } from './helpers.ts'
import { callProgram, openKernelClock, shareOfJob } from './in-kernel.ts'
import { type Bench, type BenchOptions, outcome, type Part, part, skipped } from './outcome.ts'
import { bpfPrograms } from './processes.ts'
import { alternatingPairs, estimate, median, ratioOfPairs } from './statistics.ts'
import { type Run, runOnce } from './timing.ts'
import { cProject } from './workloads/c-project.ts'
import { forkStorm } from './workloads/fork-storm.ts'
import { npmProject } from './workloads/npm-project.ts'
import type { Workload } from './workloads/workload.ts'

/** Percent of the job's CPU time, by what the job mostly does. */
const KERNEL_SHARE_TARGET: Readonly<Record<Workload['kind'], number>> = { compile: 0.5, 'exec-bound': 2, 'file-bound': 2 }
/** What the workloads may take together, of the 15 minutes and the 60 seconds that a bench has. */
const FULL_SECONDS = 780
const QUICK_SECONDS = 45
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
      const workloads = [project.configure, project.make, await npmProject(join(folder, 'npm'), size), forkStorm(helpers, folder, size)]
      const startup = await startupCpu(folder, options)
      const foreignReturn = await foreignReturnCost(helpers, folder)
      options.say(`a system call of a process that is not watched: ${foreignReturn.toFixed(0)} ns in our program`)
      const bench: Setup = { helpers, folder, startup, foreignReturn }
      const measured: Measured[] = []
      const end = started + (options.quick ? QUICK_SECONDS : FULL_SECONDS) * 1000
      for (const [i, workload] of workloads.entries()) {
        // Pairs get most of what is left to this workload; tracing and counting come after them.
        const share = (end - performance.now()) / (workloads.length - i)
        measured.push(await measure(workload, bench, performance.now() + 0.55 * share, options))
      }
      const parts = measured.flatMap((one) => one.parts)
      const main = parts.find(({ name }) => name === 'make: wall ratio') ?? part('make: wall ratio', Number.NaN, 'ratio', 1.02)
      return outcome(
        'overhead',
        main,
        parts,
        measured.map(({ name, strace }) => ({ name: `strace -f, ${name}: wall ratio`, figure: strace })),
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
  /** Nanoseconds of our program for a system call that is none of our business. */
  readonly foreignReturn: number
}

interface Measured {
  readonly name: string
  readonly parts: readonly Part[]
  readonly strace: number
}

async function measure(workload: Workload, setup: Setup, pairsUntil: number, options: BenchOptions): Promise<Measured> {
  const { folder, startup } = setup
  const { name, kind } = workload
  const report = join(folder, 'report.jsonl')
  const watched = { prefix: gatehouseRun(report) }
  const traced = { prefix: ['strace', '-f', '-qq', '-o', join(folder, 'strace.out'), '-e', 'trace=execve,openat,connect'] }
  await runOnce(workload, folder)
  const pairs = await alternatingPairs(
    options.quick ? 5 : PAIRS,
    () => runOnce(workload, folder),
    () => runOnce(workload, folder, watched),
    () => performance.now() > pairsUntil,
  )
  const straced: number[] = []
  for (let i = 0; i < (options.quick ? 1 : 2); i++) straced.push((await runOnce(workload, folder, traced)).job.wallSeconds)
  const wall = ratioOfPairs(compare(pairs, ({ job }) => job.wallSeconds))
  const cpu = ratioOfPairs(compare(pairs, ({ job }) => job.cpuSeconds))
  const agent = estimate(pairs.map(({ on }) => (100 * (on.whole.cpuSeconds - on.job.cpuSeconds)) / on.job.cpuSeconds))
  const afterStart = estimate(
    pairs.map(({ on }) => (100 * Math.max(0, on.whole.cpuSeconds - on.job.cpuSeconds - startup)) / on.job.cpuSeconds),
  )
  const memory = Math.max(...pairs.map(({ on }) => on.watcherPeakBytes)) / 1e6
  const off = median(pairs.map((pair) => pair.off.job.wallSeconds))
  const strace = median(straced) / off
  const kernel = await kernelShare(workload, setup)
  options.say(
    `${name}: ${off.toFixed(2)} s alone, ${lost(report)} records lost; in the kernel ${kernel.milliseconds.toFixed(1)} ms of the job's ` +
      `(${kernel.machineMilliseconds.toFixed(1)} ms with other processes' calls), ${kernel.calls} calls`,
  )
  return {
    name,
    strace,
    parts: [
      // A busy machine leaves no time for all pairs; then the ratios are only reported, and this is what failed.
      part(`${name}: pairs missing`, Math.max(0, PAIRS - pairs.length), 'pairs', options.quick ? null : 0),
      part(`${name}: wall ratio`, wall.median, 'ratio', workload.wallTarget, [wall.low, wall.high]),
      part(`${name}: CPU ratio of the job`, cpu.median, 'ratio', null, [cpu.low, cpu.high]),
      part(`${name}: in-kernel time`, kernel.percent, '% of job CPU', KERNEL_SHARE_TARGET[kind]),
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
  for (let i = 0; i < (options.quick ? 1 : 7); i++) {
    const run = await runOnce(nothing, folder, { prefix: gatehouseRun(join(folder, 'report.jsonl')) })
    runs.push(run.whole.cpuSeconds - run.job.cpuSeconds)
  }
  options.say(`gatehouse run of nothing: ${median(runs).toFixed(2)} s of CPU`)
  return median(runs)
}

/** One more run with the kernel's own counters on: wall time is noise at this scale, these are not. */
async function kernelShare(workload: Workload, { helpers, folder, foreignReturn }: Setup) {
  const calls = await systemCalls(workload, folder)
  const clock = await openKernelClock(helpers)
  try {
    const watched = {
      prefix: gatehouseRun(join(folder, 'report.jsonl')),
      onProcess: (pid: number) => clock.watch(bpfPrograms(pid)),
    }
    const run = await runOnce(workload, folder, watched)
    const programs = await clock.read()
    const share = shareOfJob(programs, calls, foreignReturn)
    const total = programs.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0)
    return {
      percent: share / 1e7 / run.job.cpuSeconds,
      milliseconds: share / 1e6,
      machineMilliseconds: total / 1e6,
      calls,
    }
  } finally {
    await clock.close()
  }
}

/** How many system calls the job makes, counted by strace in a run of its own. */
async function systemCalls(workload: Workload, folder: string): Promise<number> {
  const file = join(folder, 'calls.txt')
  await runOnce(workload, folder, { prefix: ['strace', '-f', '-qq', '-c', '-S', 'calls', '-o', file] })
  const total = /^\s*100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$/m.exec(readFileSync(file, 'utf8'))?.[1]
  if (total === undefined) throw new Error('strace -c printed no total')
  return Number(total)
}

/** Nanoseconds that the program on system calls takes for a process that is not watched, statistics included. */
async function foreignReturnCost(helpers: Helpers, folder: string): Promise<number> {
  const clock = await openKernelClock(helpers)
  const calls = 2_000_000
  let cost: number | undefined
  try {
    // The job lasts as long as we need it, however slow the machine is, and at most half a minute.
    const done = join(folder, 'burst-done')
    const sleeper: Workload = {
      name: 'wait',
      kind: 'exec-bound',
      wallTarget: null,
      argv: ['sh', '-c', 'for i in $(seq 300); do test -e burst-done && exit; sleep 0.1; done'],
      cwd: folder,
      reset: () => Promise.resolve(),
    }
    let burst: Promise<void> | undefined
    const run = runOnce(sleeper, folder, {
      prefix: gatehouseRun(join(folder, 'report.jsonl')),
      onProcess(pid) {
        clock.watch(bpfPrograms(pid))
        burst ??= measureBurst()
      },
    })
    const measureBurst = async () => {
      const before = await attached()
      await command(helpers.storm, ['calls', String(calls)])
      const after = callProgram(await clock.read())
      writeFileSync(done, '')
      if (after.runs - before.runs >= calls) cost = (after.nanoseconds - before.nanoseconds) / (after.runs - before.runs)
    }
    // Programs are loaded one after the other; the one on system calls is at work when it has run.
    const attached = async () => {
      for (let tries = 0; ; tries++) {
        const program = callProgram(await clock.read())
        if (program.runs > 0 || tries === 100) return program
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
    await run
    await burst
    if (cost === undefined) throw new Error('no program on system calls was seen at work')
    return cost
  } finally {
    await clock.close()
  }
}

/** Records the last run lost, by its own account. */
function lost(report: string): number {
  const counts = [...readFileSync(report, 'utf8').matchAll(/"lost":(\d+)/g)]
  return counts.reduce((sum, match) => sum + Number(match[1]), 0)
}
