import { exec, jobOf, connects, touches, stepOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'curl, chmod, run',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['curl'], { exe: '/usr/bin/curl' }),
      connects(3, 'get.example.test', { exe: '/usr/bin/curl' }),
      touches(3, 'create', '/w/tool', { exe: '/usr/bin/curl' }),
      exec(4, 2, ['/w/tool']),
    ),
  },
  {
    name: 'from GitHub releases',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['curl'], { exe: '/usr/bin/curl' }),
      connects(3, 'github.com', { exe: '/usr/bin/curl' }),
      touches(3, 'create', '/w/tool', { exe: '/usr/bin/curl' }),
      exec(4, 2, ['/w/tool']),
    ),
  },
  {
    name: 'a program that the build compiled after something was downloaded',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['curl'], { exe: '/usr/bin/curl' }),
      connects(3, 'get.example.test', { exe: '/usr/bin/curl' }),
      exec(4, 2, ['ld'], { exe: '/usr/bin/ld' }),
      touches(4, 'create', '/w/app', { exe: '/usr/bin/ld' }),
      exec(5, 2, ['/w/app']),
    ),
  },
  {
    name: 'a setup action brings a tool',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'a.js'], { exe: '/usr/bin/node' }),
      connects(2, 'get.example.test'),
      touches(2, 'create', '/opt/x/tool'),
      exec(3, 2, ['/opt/x/tool']),
    ),
    steps: [stepOf(1, 'some/setup@v1')],
  },
]
