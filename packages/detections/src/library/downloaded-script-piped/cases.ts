import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'bash reads what curl gets',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash', 'run.sh']),
      exec(3, 2, ['curl', '-fsSL', 'x'], { exe: '/usr/bin/curl' }),
      exec(4, 2, ['bash'], { exe: '/usr/bin/bash' }),
    ),
  },
  {
    name: 'python reads what wget gets',
    fires: true,
    events: jobOf(
      exec(3, 1, ['wget'], { exe: '/usr/bin/wget' }),
      exec(4, 2, ['python3', '-'], { exe: '/usr/bin/python3.12', stdio: ['pipe', 'file', 'file'], stdinFrom: 3 }),
    ),
  },
  {
    name: 'a script runs after a download',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash', 'run.sh']),
      exec(3, 2, ['curl', '-O', 'x'], { exe: '/usr/bin/curl' }),
      exec(4, 2, ['bash', './x.sh'], { exe: '/usr/bin/bash' }),
    ),
  },
  { name: 'jq reads what curl gets', fires: false, events: jobOf(exec(2, 1, ['sh', '-c', 'curl -s x | jq .'], { exe: '/usr/bin/dash' })) },
]
