import { exec, jobOf, connects, type Case } from '../../testing.ts'

const late = (seconds: number, exe = '/tmp/b') =>
  connects(2, 'c2.example.test', { time: seconds * 1_000_000, flags: ['outlived-step'], exe })

export const cases: readonly Case[] = [
  { name: 'every two seconds', fires: true, events: jobOf(exec(2, 1, ['/tmp/b']), late(10), late(12), late(14), late(16)) },
  {
    name: 'while its step runs',
    fires: false,
    events: jobOf(
      exec(2, 1, ['/tmp/b']),
      connects(2, 'c2.example.test', { time: 1_000_000 }),
      connects(2, 'c2.example.test', { time: 3_000_000 }),
      connects(2, 'c2.example.test', { time: 5_000_000 }),
      connects(2, 'c2.example.test', { time: 7_000_000 }),
    ),
  },
  {
    name: 'a compiler cache serves the next step',
    fires: false,
    events: jobOf(
      exec(2, 1, ['sccache'], { exe: '/usr/bin/sccache' }),
      late(10, '/usr/bin/sccache'),
      late(12, '/usr/bin/sccache'),
      late(14, '/usr/bin/sccache'),
      late(16, '/usr/bin/sccache'),
    ),
  },
  {
    name: 'a few calls at odd times',
    fires: false,
    events: jobOf(exec(2, 1, ['/tmp/b']), late(10), late(11), late(40), late(41), late(300)),
  },
]
