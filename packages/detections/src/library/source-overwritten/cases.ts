import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a tool of a later step writes into a source file',
    fires: true,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/src/main.c', { exe: '/usr/bin/git' }),
      exec(3, 1, ['/opt/tool'], { step: 2 }),
      touches(3, 'write', '/w/a/src/main.c', { step: 2, exe: '/opt/tool' }),
    ),
  },
  {
    name: 'replaced by a rename',
    fires: true,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/src/main.c', { exe: '/usr/bin/git' }),
      exec(3, 1, ['python3', 'x.py'], { step: 2, exe: '/usr/bin/python3' }),
      touches(3, 'rename', '/tmp/x', { to: '/w/a/src/main.c', step: 2, exe: '/usr/bin/python3' }),
    ),
  },
  {
    name: 'a formatter rewrites the sources',
    fires: false,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/src/main.ts', { exe: '/usr/bin/git' }),
      exec(3, 1, ['node', '/w/a/node_modules/.bin/prettier', '--write', '.'], { step: 2, exe: '/usr/bin/node' }),
      touches(3, 'write', '/w/a/src/main.ts', { step: 2 }),
    ),
  },
  {
    name: 'git switches branches',
    fires: false,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/main.c', { exe: '/usr/bin/git' }),
      touches(2, 'write', '/w/a/main.c', { step: 2, exe: '/usr/bin/git' }),
    ),
  },
  {
    name: 'a version is stamped into a manifest',
    fires: false,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/package.json', { exe: '/usr/bin/git' }),
      exec(3, 1, ['node', 'bump.js'], { step: 2 }),
      touches(3, 'write', '/w/a/package.json', { step: 2 }),
    ),
  },
]
