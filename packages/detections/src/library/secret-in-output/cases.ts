import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'twice encoded in the log',
    fires: true,
    events: jobOf(exec(2, 1, ['bash']), touches(2, 'write', '/r/_diag/pages/1.log', { contains: 'encoded-secret' })),
  },
  { name: 'an ordinary log', fires: false, events: jobOf(exec(2, 1, ['bash']), touches(2, 'write', '/r/_diag/pages/1.log')) },
]
