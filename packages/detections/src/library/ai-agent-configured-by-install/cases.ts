import { exec, jobOf, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'a server for agents', fires: true, events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/.cursor/mcp.json')) },
  { name: 'by a rename', fires: true, events: jobOf(...INSTALL, touches(3, 'rename', '/tmp/x', { to: '/home/ci/app/.mcp.json' })) },
  {
    name: 'a package has instructions of its own',
    fires: false,
    events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/app/node_modules/dep/CLAUDE.md')),
  },
  {
    name: 'git checks instructions out',
    fires: false,
    events: jobOf(
      exec(2, 1, ['git', 'clone'], { exe: '/usr/bin/git' }),
      touches(2, 'create', '/home/ci/app/AGENTS.md', { exe: '/usr/bin/git' }),
    ),
  },
]
