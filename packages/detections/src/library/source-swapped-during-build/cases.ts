import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'one process swaps around the compiler',
    fires: true,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/x.c', { exe: '/usr/bin/git' }),
      exec(3, 1, ['/opt/d']),
      touches(3, 'write', '/w/a/x.c', { exe: '/opt/d' }),
      exec(4, 1, ['/usr/lib/gcc/cc1', 'x.c']),
      touches(3, 'rename', '/w/a/x.c.bk', { to: '/w/a/x.c', exe: '/opt/d' }),
    ),
  },
  {
    name: 'the agent saw the first content come back',
    fires: true,
    events: jobOf(
      exec(3, 1, ['/opt/d']),
      exec(4, 1, ['/usr/lib/gcc/cc1', 'x.c']),
      touches(3, 'write', '/w/a/x.c', { exe: '/opt/d', restored: true }),
    ),
  },
  {
    name: 'a formatter in watch mode',
    fires: false,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/x.ts', { exe: '/usr/bin/git' }),
      exec(3, 1, ['node', '/w/a/node_modules/.bin/prettier'], { exe: '/usr/bin/node' }),
      touches(3, 'write', '/w/a/x.ts'),
      exec(4, 1, ['tsc'], { exe: '/usr/bin/tsc' }),
      touches(3, 'write', '/w/a/x.ts'),
    ),
  },
  {
    name: 'a code generator writes its own file twice',
    fires: false,
    events: jobOf(
      exec(3, 1, ['/opt/gen']),
      touches(3, 'create', '/w/a/g.c', { exe: '/opt/gen' }),
      exec(4, 1, ['/usr/lib/gcc/cc1']),
      touches(3, 'write', '/w/a/g.c', { exe: '/opt/gen' }),
    ),
  },
]
