import { exec, jobOf, stepOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a commit of a fork',
    fires: true,
    events: jobOf(exec(2, 1, ['node', 'x.js'])),
    steps: [stepOf(1, 'some/action@0123456789012345678901234567890123456789')],
    knowledge: { reachable: false },
  },
  {
    name: 'a commit of its own',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js'])),
    steps: [stepOf(1, 'some/action@0123456789012345678901234567890123456789')],
    knowledge: { reachable: true },
  },
  {
    name: 'nothing is known',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js'])),
    steps: [stepOf(1, 'some/action@0123456789012345678901234567890123456789')],
  },
]
