import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'a hook is planted', fires: true, events: jobOf(exec(2, 1, ['node', 'x.js']), touches(2, 'create', '/w/a/.git/hooks/pre-push')) },
  {
    name: 'git makes its samples',
    fires: false,
    events: jobOf(
      exec(2, 1, ['git', 'init'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/w/a/.git/hooks/pre-push.sample', { exe: '/usr/bin/git' }),
    ),
  },
  {
    name: 'a hook manager',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', '/w/a/node_modules/.bin/lefthook', 'install'], { exe: '/usr/bin/node' }),
      touches(2, 'create', '/w/a/.git/hooks/pre-push'),
    ),
  },
]
