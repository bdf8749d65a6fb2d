import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a program is loaded',
    fires: true,
    events: jobOf(exec(2, 1, ['/w/x']), happens('system', { op: 'bpf', process: 2, exe: '/w/x', detail: 'BPF_PROG_LOAD', result: 5 })),
  },
  {
    name: 'a module',
    fires: true,
    events: jobOf(
      exec(2, 1, ['modprobe', 'x']),
      happens('system', { op: 'module', process: 2, exe: '/usr/bin/kmod', detail: 'finit_module', result: 0 }),
    ),
  },
  {
    name: 'a container starts',
    fires: false,
    events: jobOf(
      exec(2, 1, ['crun', 'create'], { exe: '/usr/bin/crun' }),
      happens('system', { op: 'bpf', process: 2, exe: '/usr/bin/crun', detail: 'BPF_PROG_LOAD', result: 5 }),
    ),
  },
  {
    name: 'an attempt without the right',
    fires: false,
    events: jobOf(exec(2, 1, ['node']), happens('system', { op: 'bpf', process: 2, detail: 'BPF_PROG_LOAD', result: -1 })),
  },
]
