import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { type Bench, type Capture, createBench } from './testing/harness.ts'

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'steps', () => {
  let bench: Bench
  let worker: string
  let fake: string

  beforeAll(() => {
    bench = createBench()
    worker = path.join(bench.directory, 'Runner.Worker')
    copyFileSync(bench.program('acts-steps'), worker)
    fake = path.join(bench.directory, 'fake/Runner.Worker')
    mkdirSync(path.dirname(fake))
    copyFileSync(worker, fake)
  })
  afterAll(() => {
    bench.remove()
  })

  test('direct children of a worker are steps, and all below keep the tag whatever they do', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([worker, 'worker', fake])
    })
    const steps = stepsByName(captured)
    expect([...steps.keys()].toSorted()).toEqual(['one', 'three', 'two'])
    expect([...steps.values()].map((numbers) => numbers.size)).toEqual([1, 1, 1])
    expect(new Set([...steps.values()].flatMap((numbers) => Array.from(numbers)))).toEqual(new Set([1, 2, 3]))
    // Each step: itself, an orphaned daemon, the fake worker, its two children.
    const acts = captured.of('exec').flatMap(({ argv }) => (argv[2] === 'two' ? [argv[1]] : []))
    expect(acts.length).toBe(5)
    expect(acts).toEqual(expect.arrayContaining(['step', 'daemon', 'nested', 'below', 'below']))
  })

  test('only a process outside any step becomes a worker', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([worker, 'worker', fake])
    })
    expect(
      captured
        .of('exec')
        .filter(({ worker: isWorker }) => isWorker)
        .map(({ exe, step }) => [exe, step]),
    ).toEqual([[worker, 0]])
  })

  test('steps are numbered in the order of their first fork, over several workers', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([worker, 'worker', fake])
      await bench.run([worker, 'worker', fake])
    })
    const begun = captured.of('fork').filter(({ step, child }) => step === 0 && child.step > 0)
    expect(begun.map(({ child }) => child.step)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('a worker that was there before the sensor can be registered', async () => {
    const child = spawn('/bin/sh', ['-c', 'read line; /bin/true step one; /bin/true step two; exit 0'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const captured = await bench.capture(
      async (sensor) => {
        sensor.track(child.pid ?? 0, { worker: true })
        const ended = once(child, 'exit')
        child.stdin.end('go\n')
        await ended
      },
      { scope: { kind: 'tree' } },
    )
    expect(captured.of('adopted')).toEqual([expect.objectContaining({ pid: child.pid, worker: true, step: 0 })])
    expect(captured.of('exec').map(({ argv, step }) => [argv[2], step])).toEqual([
      ['one', 1],
      ['two', 2],
    ])
  })

  test('no child of many registered workers that fork at once is left without a step of its own', { timeout: 60_000 }, async () => {
    const script = 'read line; for i in 1 2 3 4 5 6 7 8; do /bin/true step $i; done; exit 0'
    const children = Array.from({ length: 12 }, () => spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] }))
    const captured = await bench.capture(
      async (sensor) => {
        for (const child of children) sensor.track(child.pid ?? 0, { worker: true })
        const ended = children.map((child) => once(child, 'exit'))
        for (const child of children) child.stdin.end('go\n')
        await Promise.all(ended)
      },
      { scope: { kind: 'tree' } },
    )
    const steps = captured.of('exec').map(({ step }) => step)
    expect(steps.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 96 }, (_, index) => index + 1))
    expect(captured.of('fork').map(({ child }) => child.step)).not.toContain(0)
  })
})

/** Step numbers by the name that the processes of a step carry as an argument. */
function stepsByName(captured: Capture): Map<string, Set<number>> {
  const steps = new Map<string, Set<number>>()
  for (const { argv, step } of captured.of('exec')) {
    const name = argv[2]
    if (name === undefined || argv[1] === 'worker') continue
    steps.set(name, (steps.get(name) ?? new Set()).add(step))
  }
  return steps
}
