import { exec, jobOf, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a script deletes itself',
    fires: true,
    events: jobOf(...INSTALL, touches(3, 'unlink', '/home/ci/app/node_modules/left/install.js')),
  },
  {
    name: 'the manifest is replaced',
    fires: true,
    events: jobOf(
      ...INSTALL,
      touches(3, 'rename', '/home/ci/app/node_modules/left/package.md', { to: '/home/ci/app/node_modules/left/package.json' }),
    ),
  },
  {
    name: 'a build removes its objects',
    fires: false,
    events: jobOf(...INSTALL, touches(3, 'unlink', '/home/ci/app/node_modules/left/build/x.o')),
  },
  {
    name: 'npm removes a package',
    fires: false,
    events: jobOf(...INSTALL, touches(2, 'unlink', '/home/ci/app/node_modules/left/install.js')),
  },
  {
    name: "a project's own script rewrites its manifest",
    fires: false,
    events: jobOf(
      exec(2, 1, ['npm', 'install'], { cwd: '/home/ci/app' }),
      exec(3, 2, ['node', 'prepare.js'], { cwd: '/home/ci/app' }),
      touches(3, 'write', '/home/ci/app/package.json'),
    ),
  },
]
