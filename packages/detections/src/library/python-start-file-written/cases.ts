import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a wheel brings one',
    fires: true,
    events: jobOf(
      exec(2, 1, ['pip', 'install', 'x'], { exe: '/usr/bin/python3' }),
      touches(2, 'create', '/usr/lib/python3/site-packages/helper_init.pth'),
    ),
  },
  {
    name: 'an editable install',
    fires: false,
    events: jobOf(
      exec(2, 1, ['pip', 'install', '-e', '.'], { exe: '/usr/bin/python3' }),
      touches(2, 'create', '/v/lib/python3/site-packages/__editable__.app-1.0.pth'),
    ),
  },
  {
    name: 'a virtual environment',
    fires: false,
    events: jobOf(
      exec(2, 1, ['python3', '-m', 'venv', 'v']),
      touches(2, 'create', '/v/lib/python3/site-packages/distutils-precedence.pth'),
    ),
  },
]
