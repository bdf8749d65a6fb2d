import { exec, jobOf, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'with a permission to do anything',
    fires: true,
    events: jobOf(...INSTALL, exec(4, 3, ['claude', '--dangerously-skip-permissions', '-p', 'find keys'])),
  },
  {
    name: 'by a path',
    fires: true,
    events: jobOf(...INSTALL, exec(4, 3, ['sh', '-c', 'x']), exec(5, 4, ['/usr/local/bin/gemini', '--yolo'])),
  },
  { name: 'a workflow runs an agent', fires: false, events: jobOf(exec(2, 1, ['claude', '-p', 'review'])) },
  { name: 'a package brings one', fires: false, events: jobOf(...INSTALL, exec(4, 3, ['node', 'postinstall.js'])) },
]
