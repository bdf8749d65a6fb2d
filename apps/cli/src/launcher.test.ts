/* The launcher as a process, on the Node that runs the tests and, where the machine has another, on an older one. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS, PROGRAMS } from '../bin/commands.js'

const LAUNCHER = join(import.meta.dirname, '../bin/gatehouse.js')
const ROOT = join(import.meta.dirname, '../../..')

function launch(args: readonly string[], node = process.execPath) {
  const { status, stdout, stderr } = spawnSync(node, [LAUNCHER, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('help lists exactly the commands whose program is there, and explains each', () => {
  const { status, stdout } = launch([])
  expect(status).toBe(0)
  for (const { name, program } of COMMANDS) {
    const there = existsSync(join(ROOT, PROGRAMS[program].source)) || existsSync(join(ROOT, 'dist', PROGRAMS[program].bundle))
    expect(new RegExp(`^  ${name} `, 'm').test(stdout), name).toBe(there)
    if (there) expect(launch(['help', name]).stdout).toContain(`Usage: gatehouse ${name}`)
  }
})

test('help of a command is the same with --help, but not when the option belongs to the command that is run', () => {
  expect(launch(['run', '--help']).stdout).toBe(launch(['help', 'run']).stdout)
  expect(launch(['run', '--allow-degraded', '--quiet', '--', 'printf', '%s\\n', '--help']).stdout).toBe('--help\n')
})

test('a name that is no command is refused with the nearest one, and cannot write to the terminal', () => {
  const { status, stdout, stderr } = launch(['rnu\u001b[31m'])
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).not.toContain('\u001b')
  expect(launch(['doctr']).stderr).toContain('Did you mean "doctor"?')
})

test('tells its version', () => {
  expect(launch(['--version']).stdout).toMatch(/^gatehouse \d+\.\d+\.\d+\n$/)
})

const old = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (path) => existsSync(path) && /^v(?:18|20)\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout),
)
test.skipIf(old === undefined)(
  'started by a Node that is too old, it hands over to the installed one (skipped where there is no old Node)',
  () => {
    expect(launch(['run', '--allow-degraded', '--quiet', '--', 'sh', '-c', 'exit 9'], old).status).toBe(9)
  },
)
