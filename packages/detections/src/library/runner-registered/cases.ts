import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'without questions',
    fires: true,
    events: jobOf(exec(2, 1, ['./config.sh', '--url', 'https://github.com/a/b', '--unattended', '--token', 'x'])),
  },
  {
    name: 'by its program',
    fires: true,
    events: jobOf(exec(2, 1, ['./bin/Runner.Listener', 'configure', '--url', 'x'], { exe: '/d/bin/Runner.Listener' })),
  },
  { name: 'another config.sh', fires: false, events: jobOf(exec(2, 1, ['./config.sh', '--prefix=/usr'])) },
]
