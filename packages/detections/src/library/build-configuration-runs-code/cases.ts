import { exec, jobOf, touches, type Case } from '../../testing.ts'

const gyp = [
  exec(2, 1, ['npm', 'ci']),
  exec(3, 2, ['node', 'node-gyp.js', 'rebuild']),
  exec(4, 3, ['python3', '/x/node-gyp/gyp/gyp_main.py', 'binding.gyp'], { exe: '/usr/bin/python3' }),
] as const

export const cases: readonly Case[] = [
  {
    name: 'it writes a file',
    fires: true,
    events: jobOf(
      ...gyp,
      exec(5, 4, ['sh', '-c', 'node x.js']),
      exec(6, 5, ['node', 'x.js']),
      touches(6, 'create', '/w/node_modules/a/canary'),
    ),
  },
  {
    name: 'it evaluates code that acts',
    fires: true,
    events: jobOf(...gyp, exec(5, 4, ['node', '-e', "require('child_process').exec('x')"], { exe: '/usr/bin/node' })),
  },
  {
    name: 'it asks for headers',
    fires: false,
    events: jobOf(...gyp, exec(5, 4, ['node', '-p', "require('node-addon-api').include"], { exe: '/usr/bin/node' })),
  },
  { name: 'pkg-config', fires: false, events: jobOf(...gyp, exec(5, 4, ['pkg-config', '--cflags', 'x'])) },
  { name: 'gyp writes its own files', fires: false, events: jobOf(...gyp, touches(4, 'create', '/w/node_modules/a/build/Makefile')) },
]
