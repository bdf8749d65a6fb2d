import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a shell of the agent writes into a package',
    fires: true,
    events: jobOf(
      exec(2, 1, ['claude', '-p', 'triage']),
      exec(3, 2, ['bash', '-c', 'x']),
      touches(3, 'write', '/home/ci/app/node_modules/dep/index.js'),
    ),
  },
  {
    name: 'the agent lets npm install',
    fires: false,
    events: jobOf(
      exec(2, 1, ['claude', '-p', 'fix']),
      exec(3, 2, ['npm', 'install', 'dep']),
      touches(3, 'create', '/home/ci/app/node_modules/dep/index.js'),
    ),
  },
  {
    name: 'a build writes its cache',
    fires: false,
    events: jobOf(
      exec(2, 1, ['claude', '-p', 'fix']),
      exec(3, 2, ['node', 'vite']),
      touches(3, 'write', '/home/ci/app/node_modules/.cache/x'),
    ),
  },
]
