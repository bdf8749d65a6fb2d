import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'a memory file is executed', fires: true, events: jobOf(exec(2, 1, ['kworker'], { exe: '/memfd:x', flags: ['memfd'] })) },
  { name: 'an ordinary program', fires: false, events: jobOf(exec(2, 1, ['/usr/bin/make'])) },
  {
    name: 'a container runtime seals itself',
    fires: false,
    events: jobOf(exec(2, 1, ['runc', 'init'], { exe: '/memfd:runc_cloned:/proc/self/exe', flags: ['memfd'] })),
  },
]
