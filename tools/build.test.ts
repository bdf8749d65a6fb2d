/* What `npm run build` makes, where nothing else of the checkout is: the launcher, its bundles, and for the server its npm packages. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPrograms } from './build.ts'
import { describeWith } from './requirements.ts'
import { ROOT } from './root.ts'

let folder: string
const launcher = () => path.join(folder, 'apps/cli/bin/gatehouse.js')

function launch(...args: string[]) {
  return spawnSync(process.execPath, [launcher(), ...args], { encoding: 'utf8', cwd: tmpdir(), timeout: 30_000 })
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-build-'))
  await buildPrograms(path.join(folder, 'dist'))
  mkdirSync(path.join(folder, 'apps/cli'), { recursive: true })
  cpSync(path.join(ROOT, 'apps/cli/bin'), path.join(folder, 'apps/cli/bin'), { recursive: true })
  cpSync(path.join(ROOT, 'apps/cli/package.json'), path.join(folder, 'apps/cli/package.json'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the bundles know nothing of this machine', () => {
  for (const name of ['agent.js', 'agent-drain.js', 'server.js', 'cli.js']) {
    expect(readFileSync(path.join(folder, 'dist', name), 'utf8'), name).not.toContain(ROOT)
  }
})

describeWith(['root', 'ebpf', 'cgroup2'], 'the built agent without its sources', () => {
  test('finds its kernel object, addon and thread, and tells its version', { timeout: 60_000 }, () => {
    const report = path.join(folder, 'report.jsonl')
    const { status, stdout, stderr } = launch('run', '--report', report, '--', 'sh', '-c', 'echo out; exit 3')
    expect({ status, stdout, stderr }).toMatchObject({ status: 3, stdout: 'out\n' })
    const text = readFileSync(report, 'utf8')
    expect(text).toContain('"version":"0.1.0"')
    expect(text).toContain('"mode":"full"')
    expect(launch('doctor').status).toBe(0)
  })
})

test('the built server, with its store worker and packages beside it, starts, answers and stops', { timeout: 60_000 }, async () => {
  for (const place of ['node_modules', 'apps/server']) symlinkSync(path.join(ROOT, place), path.join(folder, place))
  const args = [launcher(), 'up', '--data', path.join(folder, 'data'), '--port', '0', '--ready-json']
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()))
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${log}`)))
    })
    const { url } = JSON.parse(line) as { url: string }
    expect((await fetch(`${url}/v1/openapi.json`)).status).toBe(200)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
})

test('the launcher takes a bundle only while its sources are what they were', { timeout: 60_000 }, () => {
  // Sources beside it that are not those of the bundle: they win, and here they say so.
  mkdirSync(path.join(folder, 'apps/agent/src'), { recursive: true })
  expect(existsSync(path.join(folder, 'apps/agent/src/main.ts'))).toBe(false)
  cpSync(path.join(ROOT, 'tools/build/stand-in.ts'), path.join(folder, 'apps/agent/src/main.ts'))
  expect(launch('doctor').status).toBe(77)
  // All sources as they were at the time of the build: the bundle wins.
  const inputs = JSON.parse(readFileSync(path.join(folder, 'dist/agent.js.inputs.json'), 'utf8')) as [string, number, number][]
  for (const [input] of inputs) cpSync(path.join(ROOT, input), path.join(folder, input), { recursive: true, preserveTimestamps: true })
  expect(launch('doctor', '--json').stdout).toContain('"ready"')
})
