import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'all namespaces',
    fires: true,
    events: jobOf(exec(2, 1, ['nsenter', '-t', '1', '-m', '-u', '-n', '-i', 'sh'], { exe: '/usr/bin/nsenter' })),
  },
  {
    name: 'a network namespace of a test',
    fires: false,
    events: jobOf(exec(2, 1, ['nsenter', '--net=/run/netns/test', 'ip', 'a'], { exe: '/usr/bin/nsenter' })),
  },
]
