import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'a transient service', fires: true, events: jobOf(exec(2, 1, ['systemd-run', '--user', 'sleep', '60'])) },
  { name: 'a job for later', fires: true, events: jobOf(exec(2, 1, ['at', 'now', '+', '1', 'minute'])) },
  {
    name: 'another control group',
    fires: true,
    events: jobOf(exec(2, 1, ['bash']), touches(2, 'write', '/sys/fs/cgroup/x/cgroup.procs', { exe: '/usr/bin/bash' })),
  },
  {
    name: 'a limit for a command',
    fires: false,
    events: jobOf(exec(2, 1, ['systemd-run', '--user', '--scope', '-p', 'MemoryMax=1G', 'make'])),
  },
  {
    name: 'a package reloads its timers',
    fires: false,
    events: jobOf(exec(2, 1, ['apt-get', 'install'], { exe: '/usr/bin/apt-get' }), exec(3, 2, ['crontab', 'x'])),
  },
]
