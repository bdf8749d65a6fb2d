import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a script sweeps all processes and meets the runner',
    fires: true,
    events: jobOf(
      exec(1, 0, ['/opt/runner/bin/Runner.Worker', 'spawnclient'], { step: 0, pid: 900 }),
      exec(2, 1, ['python3', 'x.py']),
      touches(2, 'read', '/proc/900/environ', { family: 'process-environment', exe: '/usr/bin/python3' }),
    ),
  },
  {
    name: 'a step reads a step before it',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'server.js'], { pid: 50 }),
      exec(3, 1, ['cat'], { step: 2 }),
      touches(3, 'read', '/proc/50/environ', { family: 'process-environment', step: 2, exe: '/usr/bin/cat' }),
    ),
  },
  {
    name: 'a supervisor reads its own child',
    fires: false,
    events: jobOf(
      exec(2, 1, ['pm2']),
      exec(3, 2, ['node', 'app.js'], { pid: 60 }),
      touches(2, 'read', '/proc/60/environ', { family: 'process-environment' }),
    ),
  },
  {
    name: 'somebody unknown to the job',
    fires: false,
    events: jobOf(exec(2, 1, ['ps', 'eww']), touches(2, 'read', '/proc/1/environ', { family: 'process-environment', exe: '/usr/bin/ps' })),
  },
]
