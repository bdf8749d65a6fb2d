import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'contents of a stranger',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'PUT',
        host: 'api.github.com',
        path: '/repos/mallory/x/contents/a',
        identity: 'foreign',
      }),
    ),
    job: { run: { id: 'x', repository: 'acme/app' } },
  },
  {
    name: 'its own release',
    fires: false,
    events: jobOf(
      exec(2, 1, ['gh']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'POST',
        host: 'api.github.com',
        path: '/repos/acme/app/releases',
      }),
    ),
    job: { run: { id: 'x', repository: 'acme/app' } },
  },
  {
    name: 'a workflow elsewhere is started',
    fires: false,
    events: jobOf(
      exec(2, 1, ['gh']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'POST',
        host: 'api.github.com',
        path: '/repos/other/x/dispatches',
      }),
    ),
    job: { run: { id: 'x', repository: 'acme/app' } },
  },
  {
    name: 'reading',
    fires: false,
    events: jobOf(
      exec(2, 1, ['gh']),
      happens('http', {
        op: 'request',
        process: 2,
        scheme: 'https',
        method: 'GET',
        host: 'api.github.com',
        path: '/repos/other/x/contents/a',
      }),
    ),
    job: { run: { id: 'x', repository: 'acme/app' } },
  },
]
