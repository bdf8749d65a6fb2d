import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a background process of an earlier step reads a compiler',
    fires: true,
    events: jobOf(
      exec(2, 1, ['/tmp/helper']),
      exec(3, 1, ['/usr/lib/gcc/cc1', 'x.c'], { step: 2 }),
      happens('memory', { op: 'read', process: 2, exe: '/tmp/helper', target: 3, targetPid: 1_003 }),
    ),
  },
  {
    name: 'a sibling attaches to the compiler',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['python3', 'w.py'], { exe: '/usr/bin/python3' }),
      exec(4, 2, ['/usr/lib/gcc/cc1plus', 'x.cc']),
      happens('memory', { op: 'ptrace', process: 3, exe: '/usr/bin/python3', target: 4, targetPid: 1_004, detail: 'PTRACE_SEIZE' }),
    ),
  },
  {
    name: 'a test attaches a debugger to the server it started',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['/src/server']),
      exec(4, 2, ['/usr/bin/gdb', '-p', '1003']),
      happens('memory', { op: 'ptrace', process: 4, exe: '/usr/bin/gdb', target: 3, targetPid: 1_003 }),
    ),
  },
  {
    name: 'dotnet-dump reads a process of its own step',
    fires: false,
    events: jobOf(
      exec(2, 1, ['/src/app']),
      exec(3, 1, ['/root/.dotnet/tools/dotnet-dump', 'collect']),
      happens('memory', { op: 'read', process: 3, exe: '/root/.dotnet/tools/dotnet-dump', target: 2, targetPid: 1_002 }),
    ),
  },
  {
    name: 'a build observer traces the compiler that it started',
    fires: false,
    events: jobOf(
      exec(2, 1, ['/opt/tracer', 'make']),
      exec(3, 2, ['make']),
      exec(4, 3, ['/usr/lib/gcc/cc1']),
      happens('memory', { op: 'ptrace', process: 2, exe: '/opt/tracer', target: 4, targetPid: 1_004 }),
    ),
  },
]
