import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'kcore',
    fires: true,
    events: jobOf(exec(2, 1, ['python3', 'x.py']), touches(2, 'read', '/proc/kcore', { family: 'process-memory' })),
  },
  {
    name: 'its own maps',
    fires: false,
    events: jobOf(exec(2, 1, ['node']), touches(2, 'read', '/proc/self/maps', { family: 'process-memory' })),
  },
]
