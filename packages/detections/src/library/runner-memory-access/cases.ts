import { exec, happens, jobOf, type Case } from '../../testing.ts'

const target = { target: 1, targetPid: 900 }

export const cases: readonly Case[] = [
  {
    name: 'an install script opens the memory of Runner.Worker',
    fires: true,
    events: jobOf(
      exec(2, 1, ['npm', 'ci']),
      exec(3, 2, ['node', 'steal.js']),
      happens('memory', { op: 'open-mem', process: 3, ...target, targetExe: '/opt/runner/bin/Runner.Worker', path: '/proc/900/mem' }),
    ),
  },
  {
    name: 'process_vm_readv on the listener by python',
    fires: true,
    events: jobOf(
      exec(2, 1, ['python3', 'x.py']),
      happens('memory', { op: 'read', process: 2, exe: '/usr/bin/python3', ...target, targetExe: '/home/ci/bin/Runner.Listener' }),
    ),
  },
  {
    name: 'a debugger reads its own child',
    fires: false,
    events: jobOf(
      exec(2, 1, ['gdb', './app']),
      happens('memory', { op: 'ptrace', process: 2, exe: '/usr/bin/gdb', ...target, targetExe: '/src/app' }),
    ),
  },
  {
    name: 'the runner looks at itself',
    fires: false,
    events: jobOf(
      happens('memory', {
        op: 'open-mem',
        process: 1,
        exe: '/opt/runner/bin/Runner.Worker',
        ...target,
        targetExe: '/opt/runner/bin/Runner.Worker',
      }),
    ),
  },
]
