import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'the root directory',
    fires: true,
    events: jobOf(exec(2, 1, ['docker', 'run', '-v', '/:/host', 'alpine'], { exe: '/usr/bin/docker' })),
  },
  {
    name: 'with the long option',
    fires: true,
    events: jobOf(exec(2, 1, ['docker', 'run', '--mount=type=bind,source=/etc,target=/x', 'alpine'], { exe: '/usr/bin/docker' })),
  },
  {
    name: 'the workspace',
    fires: false,
    events: jobOf(exec(2, 1, ['docker', 'run', '-v', '/home/runner/work/a/a:/src', 'golang'], { exe: '/usr/bin/docker' })),
  },
  {
    name: 'the time zone',
    fires: false,
    events: jobOf(exec(2, 1, ['docker', 'run', '-v', '/etc/localtime:/etc/localtime:ro', 'x'], { exe: '/usr/bin/docker' })),
  },
]
