import { chmodSync, realpathSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { type Bench, createBench, SCALE, writeTo } from './testing/harness.ts'

/** What `filler` of acts-processes.c makes. */
function filler(number: number): string {
  const length = number % 100 === 99 ? 60_000 : ((number * 7) % 997) + 1
  return Array.from({ length }, (_, index) => String.fromCharCode(97 + ((number + index) % 26))).join('')
}

const identity = ({ pid, start }: { readonly pid: number; readonly start: number }) => `${pid}@${start}`

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'processes', () => {
  let bench: Bench
  let program: string

  beforeAll(() => {
    bench = createBench()
    program = bench.program('acts-processes')
  })
  afterAll(() => {
    bench.remove()
  })

  test('arguments and environment of 2,000 processes are complete to the byte, however short they live', { timeout: 60_000 }, async () => {
    const count = 2_000 / SCALE
    const captured = await bench.capture(async () => {
      await bench.run([program, 'race', String(count)])
    })
    const racers = captured.of('exec').filter((exec) => exec.argv[0] === 'racer')
    expect(racers.length).toBe(count)
    for (const [index, exec] of racers.entries()) {
      if (exec.argv[2] === String(index) && exec.argv[3] === filler(index)) continue
      expect(exec.argv).toEqual(['racer', 'child', String(index), filler(index)])
    }
    expect(racers.every((exec, index) => Buffer.from(exec.environment).toString() === `RACE=${index}\0PATH=/bin\0`)).toBe(true)
    expect(racers.some((exec) => exec.argvCut || exec.environmentCut)).toBe(false)
    expect(captured.of('exit').length).toBe(captured.of('fork').length + 1)
    expect(captured.undecodable).toBe(0)
  })

  test('an exec says what runs: path, directory, file identity, user, parent', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'exit', '0'])
    })
    const { dev, ino, size } = statSync(program)
    const exec = captured.of('exec').find((one) => one.exe === program)
    expect(exec).toMatchObject({
      filename: program,
      cwd: process.cwd(),
      argv: [program, 'exit', '0'],
      device: dev,
      inode: String(ino),
      size,
      uid: 0,
      parent: process.pid,
      memfd: false,
      deleted: false,
      step: 0,
    })
  })

  test('the identity of a process is the same in its fork, its exec and its exit', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'family'])
    })
    const born = new Set(captured.of('fork').map(({ child }) => identity(child)))
    const executed = captured.of('exec').filter((exec) => exec.filename === '/bin/true')
    expect(new Set(executed.map((exec) => exec.argv[1]))).toEqual(new Set(['daemon', 'grandchild']))
    expect(executed.every((exec) => born.has(identity(exec)))).toBe(true)
    const ended = new Set(captured.of('exit').map(identity))
    expect([...born].filter((one) => !ended.has(one))).toEqual([])
  })

  test('exit codes and signals are those that wait sees', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'exit', '42'])
      await bench.run([program, 'signal', '0'])
    })
    const ends = captured.of('exit').map(({ code, signal }) => [code, signal])
    expect(ends).toContainEqual([42, 0])
    expect(ends).toContainEqual([0, 9])
  })

  test('a process that lives under a millisecond is seen with its connect', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const captured = await bench.capture(async () => {
      await bench.run([program, 'short', String(port)])
    })
    server.close()
    const connect = captured.of('tcp').find(({ op, remote }) => op === 'connect' && remote.port === port)
    const fork = captured.of('fork').find(({ child }) => child.pid === connect?.pid && child.start === connect.start)
    expect(fork).toBeDefined()
    expect(captured.of('exit').some(({ pid, start }) => pid === connect?.pid && start === connect.start)).toBe(true)
    expect(captured.of('tcp').some(({ op, pid }) => op === 'established' && pid === connect?.pid)).toBe(true)
  })

  test('a program run from memory and one whose file is gone are told as such', async () => {
    const file = path.join(bench.directory, 'gone')
    const captured = await bench.capture(async () => {
      await bench.run([bench.program('acts-system'), 'memfd'])
      await bench.run([bench.program('acts-system'), 'deleted', file])
    })
    const memory = captured.of('exec').find((exec) => exec.argv[0] === 'from memory')
    expect(memory).toMatchObject({ exe: '/memfd:payload', memfd: true, deleted: false })
    const nowhere = captured.of('exec').find((exec) => exec.argv[0] === 'from nowhere')
    expect(nowhere).toMatchObject({ exe: file, memfd: false, deleted: true })
  })

  test('a script is told as the interpreter that runs, with the path that was asked for', async () => {
    const script = writeTo(path.join(bench.directory, 'script'), '#!/bin/sh\nexit 0\n')
    chmodSync(script, 0o755)
    const captured = await bench.capture(async () => {
      await bench.run([script, 'one'])
    })
    expect(captured.of('exec').at(-1)).toMatchObject({
      exe: realpathSync('/bin/sh'),
      filename: script,
      argv: ['/bin/sh', script, 'one'],
    })
  })

  test('arguments beyond 128 KB are cut, and their true length is told', async () => {
    const long = 'x'.repeat(100_000)
    const captured = await bench.capture(async () => {
      await bench.run(['/bin/true', long, long])
    })
    const exec = captured.of('exec').find((one) => one.filename === '/bin/true')
    expect(exec).toMatchObject({ argvCut: true, environmentCut: true, argvBytes: '/bin/true'.length + 200_000 + 3 })
    expect(exec?.argv.slice(0, 2)).toEqual(['/bin/true', long])
    expect(exec?.argv[2]?.length).toBe(131_072 - '/bin/true'.length - 100_000 - 2)
  })

  test('processes beyond the table are not seen, and that is counted as a loss', async () => {
    const captured = await bench.capture(
      async () => {
        await bench.run(['/bin/sh', '-c', 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.3 & done; wait'])
      },
      { processesMax: 4 },
    )
    const tracking = captured.account('tracking')
    expect(tracking.lost).toBeGreaterThan(0)
    expect(tracking).toMatchObject({ made: tracking.lost, delivered: 0, aggregated: 0 })
  })

  test('processes outside the cgroup never appear', async () => {
    const marker = `foreign-${process.pid}`
    const captured = await bench.capture(async () => {
      const foreign = spawn('/bin/sh', ['-c', 'for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true $0; done; echo x > /tmp/$0; rm /tmp/$0', marker])
      await bench.run([program, 'family'])
      if (foreign.exitCode === null) await once(foreign, 'exit')
    })
    expect(captured.records.length).toBeGreaterThan(5)
    expect(JSON.stringify(captured.records)).not.toContain(marker)
  })

  test('a tree that was there is adopted, with descendants, and seen from then on', async () => {
    const child = spawn('/bin/sh', ['-c', `exec 3<&0; ${program} sleep <&3 & wait`], { stdio: ['pipe', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    const captured = await bench.capture(
      async (sensor) => {
        expect(sensor.track(child.pid ?? 0)).toBe(2)
        expect(sensor.track(child.pid ?? 0)).toBe(0)
        const ended = once(child, 'exit')
        child.stdin.end()
        process.kill(child.pid ?? 0, 'SIGTERM')
        await ended
      },
      { scope: { kind: 'tree' } },
    )
    const adopted = captured.of('adopted')
    expect(adopted.map(({ exe }) => path.basename(exe))).toEqual([path.basename(realpathSync('/bin/sh')), 'acts-processes'])
    const ends = captured.of('exit')
    expect(ends).toContainEqual(expect.objectContaining({ pid: child.pid, start: adopted[0]?.start, signal: 15 }))
  })

  test('the environment is zeroed once the batch is over', async () => {
    const { openSensor } = await import('./sensor.ts')
    const sensor = await openSensor({ scope: { kind: 'cgroup', path: bench.cgroup }, hooksCgroup: bench.cgroup })
    const environments: Uint8Array[] = []
    let sizeThen = 0
    sensor.onBatch((records) => {
      for (const record of records) {
        if (record.type !== 'exec') continue
        environments.push(record.environment)
        sizeThen += record.environment.filter((byte) => byte !== 0).length
      }
    })
    try {
      await bench.run([program, 'exit', '0'])
    } finally {
      await sensor.close()
    }
    expect(sizeThen).toBeGreaterThan(0)
    expect(environments.every((environment) => environment.every((byte) => byte === 0))).toBe(true)
  })
})
