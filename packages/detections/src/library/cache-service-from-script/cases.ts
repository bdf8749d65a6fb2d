import { exec, happens, jobOf, stepOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a script writes a cache entry',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'POST',
        host: 'results-receiver.actions.githubusercontent.com',
        path: '/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry',
      }),
    ),
    steps: [stepOf(1)],
  },
  {
    name: 'a compiler cache',
    fires: false,
    events: jobOf(
      exec(2, 1, ['sccache'], { exe: '/usr/bin/sccache' }),
      happens('http', {
        op: 'request',
        process: 2,
        exe: '/usr/bin/sccache',
        scheme: 'https',
        method: 'POST',
        host: 'results-receiver.actions.githubusercontent.com',
        path: '/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry',
      }),
    ),
    steps: [stepOf(1)],
  },
  {
    name: 'the cache action',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'c.js']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'POST',
        host: 'results-receiver.actions.githubusercontent.com',
        path: '/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry',
      }),
    ),
    steps: [stepOf(1, 'actions/cache@v4')],
  },
]
