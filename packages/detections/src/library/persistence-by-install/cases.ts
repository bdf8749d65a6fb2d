import { exec, jobOf, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'a user service', fires: true, events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/.config/systemd/user/x.service')) },
  { name: 'a line for the next shell', fires: true, events: jobOf(...INSTALL, touches(3, 'write', '/home/ci/.bashrc')) },
  { name: 'a link', fires: true, events: jobOf(...INSTALL, touches(3, 'symlink', '/tmp/x', { to: '/etc/systemd/system/x.service' })) },
  {
    name: 'the installer of a toolchain',
    fires: false,
    events: jobOf(exec(2, 1, ['sh', 'rustup.sh']), touches(2, 'write', '/home/ci/.profile')),
  },
  {
    name: 'apt-get brings a service',
    fires: false,
    events: jobOf(
      exec(2, 1, ['apt-get', 'install'], { exe: '/usr/bin/apt-get' }),
      exec(3, 2, ['dpkg'], { exe: '/usr/bin/dpkg' }),
      touches(3, 'create', '/lib/systemd/system/x.service'),
    ),
  },
  {
    name: 'a file of that name inside the package',
    fires: false,
    events: jobOf(...INSTALL, touches(3, 'create', '/home/ci/app/node_modules/left/x.service')),
  },
]
