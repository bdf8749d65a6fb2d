import { exec, jobOf, stepOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a moved tag',
    fires: true,
    events: jobOf(exec(2, 1, ['node', 'x.js'])),
    steps: [stepOf(1, 'some/action@v1')],
    knowledge: { commit: 'b', previousCommit: 'a' },
  },
  {
    name: 'the same commit',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js'])),
    steps: [stepOf(1, 'some/action@v1')],
    knowledge: { commit: 'a', previousCommit: 'a' },
  },
]
