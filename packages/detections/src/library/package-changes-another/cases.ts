import { exec, jobOf, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'one rewrites another', fires: true, events: jobOf(...INSTALL, touches(3, 'write', '/home/ci/app/node_modules/right/index.js')) },
  {
    name: 'by a rename in a store of links',
    fires: true,
    events: jobOf(
      exec(2, 1, ['pnpm', 'install'], { cwd: '/w' }),
      exec(3, 2, ['node', 'x.js'], { cwd: '/w/node_modules/.pnpm/a@1/node_modules/a' }),
      touches(3, 'rename', '/tmp/x', { to: '/w/node_modules/.pnpm/b@1/node_modules/b/i.js' }),
    ),
  },
  { name: 'its own files', fires: false, events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/app/node_modules/left/build/x.node')) },
  {
    name: 'a package of its own below',
    fires: false,
    events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/app/node_modules/left/node_modules/dep/x.js')),
  },
  {
    name: 'a project patches a dependency',
    fires: false,
    events: jobOf(
      exec(2, 1, ['npm', 'ci'], { cwd: '/w/app' }),
      exec(3, 2, ['node', '/w/app/node_modules/patch-package/index.js'], { cwd: '/w/app' }),
      touches(3, 'write', '/w/app/node_modules/dep/i.js'),
    ),
  },
  {
    name: 'a client is generated into its scope',
    fires: false,
    events: jobOf(
      exec(2, 1, ['npm', 'ci'], { cwd: '/w/app' }),
      exec(3, 2, ['node', 'x.js'], { cwd: '/w/app/node_modules/@prisma/client' }),
      touches(3, 'create', '/w/app/node_modules/.prisma/client/index.js'),
    ),
  },
]
