import { exec, jobOf, connects, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'by its options', fires: true, events: jobOf(...INSTALL, exec(4, 3, ['/tmp/x', '--url', 'stratum+tcp://203.0.113.9:3333'])) },
  {
    name: "a fetched program on a pool's port",
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['curl'], { exe: '/usr/bin/curl' }),
      connects(3, 'x.example.test', { exe: '/usr/bin/curl' }),
      touches(3, 'create', '/w/k', { exe: '/usr/bin/curl' }),
      exec(4, 2, ['/w/k']),
      connects(4, 'y.example.test', { port: 3_333, exe: '/w/k' }),
    ),
  },
  {
    name: 'a search for the word',
    fires: false,
    events: jobOf(exec(2, 1, ['grep', '-r', 'stratum+tcp://', '.'], { exe: '/usr/bin/grep' })),
  },
  { name: 'a debug port', fires: false, events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, 'y.example.test', { port: 3_333 })) },
]
