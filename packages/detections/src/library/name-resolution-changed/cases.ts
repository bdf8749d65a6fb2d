import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'an entry in hosts',
    fires: true,
    events: jobOf(exec(2, 1, ['tee', '-a', '/etc/hosts']), touches(2, 'write', '/etc/hosts', { exe: '/usr/bin/tee' })),
  },
  { name: 'the resolver is stopped', fires: true, events: jobOf(exec(2, 1, ['systemctl', 'stop', 'systemd-resolved'])) },
  {
    name: 'a package brings a file',
    fires: false,
    events: jobOf(
      exec(2, 1, ['dpkg', '-i', 'x'], { exe: '/usr/bin/dpkg' }),
      touches(2, 'create', '/etc/nsswitch.conf', { exe: '/usr/bin/dpkg' }),
    ),
  },
  { name: 'another hosts file', fires: false, events: jobOf(exec(2, 1, ['tee']), touches(2, 'write', '/src/etc/hosts')) },
]
