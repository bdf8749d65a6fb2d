import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a service',
    fires: true,
    events: jobOf(exec(2, 1, ['tee']), touches(2, 'create', '/etc/systemd/system/x.service', { exe: '/usr/bin/tee' })),
  },
  {
    name: 'the preload file',
    fires: true,
    events: jobOf(exec(2, 1, ['./x']), touches(2, 'create', '/etc/ld.so.preload', { exe: '/w/x' })),
  },
  {
    name: 'a package of the system',
    fires: false,
    events: jobOf(exec(2, 1, ['dpkg'], { exe: '/usr/bin/dpkg' }), touches(2, 'create', '/etc/cron.daily/x', { exe: '/usr/bin/dpkg' })),
  },
  {
    name: "a toolchain's installer",
    fires: false,
    events: jobOf(exec(2, 1, ['sh', 'nvm.sh']), touches(2, 'write', '/root/.bashrc', { exe: '/usr/bin/dash' })),
  },
]
