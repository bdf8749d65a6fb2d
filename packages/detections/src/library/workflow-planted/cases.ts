import { exec, happens, jobOf, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'through the API',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'PUT',
        host: 'api.github.com',
        path: '/repos/acme/app/contents/.github/workflows/x.yml',
      }),
    ),
  },
  { name: 'by an install script', fires: true, events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/app/.github/workflows/x.yaml')) },
  {
    name: 'npm unpacks a package that has one',
    fires: false,
    events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/app/node_modules/dep/.github/workflows/ci.yml')),
  },
  {
    name: 'a tool of the project pins its workflows',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'pin.js']), touches(2, 'write', '/home/ci/app/.github/workflows/ci.yml')),
  },
]
