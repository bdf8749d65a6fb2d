import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a rule is written',
    fires: true,
    events: jobOf(
      exec(2, 1, ['tee', '/etc/sudoers.d/x'], { exe: '/usr/bin/tee' }),
      touches(2, 'create', '/etc/sudoers.d/x', { exe: '/usr/bin/tee' }),
    ),
  },
  {
    name: 'a file is moved into place',
    fires: true,
    events: jobOf(
      exec(2, 1, ['mv', '/tmp/s', '/etc/sudoers'], { exe: '/usr/bin/mv' }),
      touches(2, 'rename', '/tmp/s', { to: '/etc/sudoers', exe: '/usr/bin/mv' }),
    ),
  },
  {
    name: 'a user becomes an administrator',
    fires: true,
    events: jobOf(exec(2, 1, ['usermod', '-aG', 'sudo', 'x'], { exe: '/usr/sbin/usermod' })),
  },
  {
    name: 'a package installs its rule',
    fires: false,
    events: jobOf(
      exec(2, 1, ['apt-get', 'install', 'x'], { exe: '/usr/bin/apt-get' }),
      exec(3, 2, ['dpkg', '--unpack'], { exe: '/usr/bin/dpkg' }),
      touches(3, 'create', '/etc/sudoers.d/x.dpkg-new', { exe: '/usr/bin/dpkg' }),
    ),
  },
  {
    name: 'an attempt that failed',
    fires: false,
    events: jobOf(exec(2, 1, ['tee'], { exe: '/usr/bin/tee' }), touches(2, 'write', '/etc/sudoers', { result: -13 })),
  },
  {
    name: 'a user joins the group of the container engine',
    fires: false,
    events: jobOf(exec(2, 1, ['usermod', '-aG', 'docker', 'x'], { exe: '/usr/sbin/usermod' })),
  },
]
