import { exec, happens, jobOf, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a postinstall starts a container',
    fires: true,
    events: jobOf(...INSTALL, exec(4, 3, ['docker', 'run', 'alpine'], { exe: '/usr/bin/docker' })),
  },
  {
    name: 'through the socket',
    fires: true,
    events: jobOf(...INSTALL, happens('system', { op: 'unix-connect', process: 3, path: '/run/docker.sock' })),
  },
  {
    name: 'tests use containers',
    fires: false,
    events: jobOf(
      exec(2, 1, ['npm', 'test']),
      exec(3, 2, ['node', 't.js']),
      happens('system', { op: 'unix-connect', process: 3, path: '/run/docker.sock' }),
    ),
  },
  {
    name: 'an image builds with npm inside',
    fires: false,
    events: jobOf(exec(2, 1, ['docker', 'build', '.'], { exe: '/usr/bin/docker' })),
  },
]
