import { happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'executions were lost', fires: true, events: jobOf(happens('loss', { op: 'ring-full', type: 'exec', count: 7, process: 0 })) },
  {
    name: 'some of very many file records',
    fires: false,
    events: jobOf(happens('loss', { op: 'ring-full', type: 'open', count: 7, process: 0 })),
  },
]
