import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'privileged',
    fires: true,
    events: jobOf(exec(2, 1, ['docker', 'run', '--rm', '--privileged', 'alpine', 'sh'], { exe: '/usr/bin/docker' })),
  },
  {
    name: 'a capability as its own argument',
    fires: true,
    events: jobOf(exec(2, 1, ['podman', 'run', '--cap-add', 'SYS_ADMIN', 'x'], { exe: '/usr/bin/podman' })),
  },
  {
    name: 'emulation for other processors',
    fires: false,
    events: jobOf(
      exec(2, 1, ['docker', 'run', '--privileged', '--rm', 'tonistiigi/binfmt', '--install', 'all'], { exe: '/usr/bin/docker' }),
    ),
  },
  {
    name: 'a cluster node',
    fires: false,
    events: jobOf(
      exec(2, 1, ['kind', 'create'], { exe: '/usr/local/bin/kind' }),
      exec(3, 2, ['docker', 'run', '--privileged', 'img'], { exe: '/usr/bin/docker' }),
    ),
  },
  {
    name: 'an ordinary container',
    fires: false,
    events: jobOf(exec(2, 1, ['docker', 'run', 'node:24', 'npm', 'test'], { exe: '/usr/bin/docker' })),
  },
]
