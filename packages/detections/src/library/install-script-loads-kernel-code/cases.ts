import { exec, happens, jobOf, connects, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a dropped program below npm',
    fires: true,
    events: jobOf(
      ...INSTALL,
      exec(4, 3, ['/tmp/k']),
      happens('system', { op: 'bpf', process: 4, exe: '/tmp/k', detail: 'BPF_PROG_LOAD', result: -1 }),
    ),
  },
  {
    name: 'a fetched program later in the job',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['curl'], { exe: '/usr/bin/curl' }),
      connects(3, 'x.example.test', { exe: '/usr/bin/curl' }),
      touches(3, 'create', '/w/k', { exe: '/usr/bin/curl' }),
      exec(4, 2, ['/w/k']),
      happens('system', { op: 'module', process: 4, exe: '/w/k' }),
    ),
  },
  {
    name: 'the tests of a tracer',
    fires: false,
    events: jobOf(
      exec(2, 1, ['cargo', 'test']),
      exec(3, 2, ['/w/target/debug/t']),
      happens('system', { op: 'bpf', process: 3, exe: '/w/target/debug/t', detail: 'BPF_PROG_LOAD', result: 3 }),
    ),
  },
  {
    name: 'installing spawns threads and io_uring',
    fires: false,
    events: jobOf(...INSTALL, happens('system', { op: 'io-uring', process: 3 })),
  },
]
