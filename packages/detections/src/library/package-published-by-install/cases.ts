import { exec, happens, jobOf, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a postinstall publishes',
    fires: true,
    events: jobOf(...INSTALL, exec(4, 3, ['npm', 'publish', '--access', 'public'], { exe: '/usr/bin/node' })),
  },
  { name: 'a release step publishes', fires: false, events: jobOf(exec(2, 1, ['npm', 'publish'], { exe: '/usr/bin/node' })) },
  {
    name: 'semantic-release publishes',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'semantic-release']), exec(3, 2, ['npm', 'publish'], { exe: '/usr/bin/node' })),
  },
  {
    name: 'npm gets a tarball',
    fires: false,
    events: jobOf(...INSTALL, happens('http', { op: 'request', process: 2, scheme: 'https', method: 'GET', host: 'ghcr.io', path: '/x' })),
  },
]
