import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a repository',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      happens('http', { op: 'request', process: 2, scheme: 'https', method: 'POST', host: 'api.github.com', path: '/user/repos' }),
    ),
  },
  {
    name: 'a gist',
    fires: true,
    events: jobOf(
      exec(2, 1, ['python3', 'x.py']),
      happens('http', { op: 'request', process: 2, scheme: 'https', method: 'POST', host: 'api.github.com', path: '/gists' }),
    ),
  },
  {
    name: 'a release',
    fires: false,
    events: jobOf(
      exec(2, 1, ['gh', 'release', 'create']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'POST',
        host: 'api.github.com',
        path: '/repos/acme/app/releases',
      }),
    ),
  },
  {
    name: 'a bot opens a pull request',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'renovate.js']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'POST',
        host: 'api.github.com',
        path: '/repos/acme/app/pulls',
      }),
    ),
  },
]
