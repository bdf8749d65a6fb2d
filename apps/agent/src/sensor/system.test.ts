import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { type Bench, createBench } from './testing/harness.ts'

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'reaching into processes and the machine', () => {
  let bench: Bench
  let program: string

  beforeAll(() => {
    bench = createBench()
    program = bench.program('acts-system')
  })
  afterAll(() => {
    bench.remove()
  })

  test('every way into the memory of another process is told with the target', async () => {
    let [target, taken] = [0, 0]
    const captured = await bench.capture(async () => {
      ;[target = 0, taken = 0] = (await bench.run([program, 'memory'])).split(' ').map(Number)
    })
    const calls = captured.of('memory').map((one) => [one.op, one.target, one.result])
    expect(calls).toEqual([
      ['read', target, 16],
      ['write', target, 16],
      ['ptrace', target, 0],
      ['ptrace', target, -3], // detaching a child that runs fails, and is told as well
      ['take-fd', target, taken],
    ])
    expect(
      captured
        .of('memory')
        .filter(({ op }) => op === 'ptrace')
        .map(({ request }) => request),
    ).toEqual([0x4206, 17])
    const files = captured.of('open').filter(({ secret }) => secret !== undefined)
    expect(files.map((file) => [file.path, file.target, file.secret])).toEqual([
      [`/proc/${target}/mem`, target, 'process-memory'],
      [`/proc/${target}/environ`, target, 'process-environment'],
      [`/proc/${target}/maps`, target, 'process-memory'],
    ])
  })

  test('calls that change the machine are told with what they were given', async () => {
    const folder = path.join(bench.directory, 'mountpoint')
    mkdirSync(folder)
    const captured = await bench.capture(async () => {
      await bench.run([program, 'machine', folder])
    })
    const calls = captured.of('system').map(({ op, call, text }) => [op, call].concat(text))
    expect(calls).toEqual([
      ['memfd', 'memfd_create', 'scratch pad'],
      ['bpf', 'bpf'],
      ['module', 'finit_module', 'option=1'],
      ['module', 'init_module'],
      ['module', 'delete_module', 'no_such_module'],
      ['kexec', 'kexec_load'],
      ['userfaultfd', 'userfaultfd'],
      ['unshare', 'unshare'],
      ['mount', 'mount', '', '/', ''],
      ['mount', 'mount', 'nothing', folder, 'tmpfs'],
      ['mount', 'umount2', folder],
      ['setns', 'setns'],
      ['chroot', 'chroot', folder],
    ])
    expect(captured.of('system').find(({ call }) => call === 'delete_module')?.result).toBeLessThan(0)
  })

  test('the 32-bit gate is no way around', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'gate', bench.directory])
    })
    const file = path.join(bench.directory, 'through the gate')
    expect(captured.of('open').find((open) => open.path === file)).toMatchObject({ compat: true, created: true })
    expect(captured.of('path')).toEqual([expect.objectContaining({ op: 'unlink', path: file, compat: true })])
  })

  const [major = 0, minor = 0] = readFileSync('/proc/sys/kernel/osrelease', 'utf8').split('.').map(Number)
  test.skipIf(major < 6 || (major === 6 && minor < 3))(
    'what io_uring does is at least known to have happened (Linux 6.3 and later)',
    async () => {
      const file = path.join(bench.directory, 'by ring')
      const captured = await bench.capture(async () => {
        await bench.run([program, 'uring', file])
      })
      expect(existsSync(file)).toBe(true)
      expect(captured.of('system').map(({ call }) => call)).toEqual(['io_uring_setup', 'io_uring:OPENAT'])
    },
  )
})
