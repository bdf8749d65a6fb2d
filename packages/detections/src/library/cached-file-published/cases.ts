import { exec, jobOf, touches, stepOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a restored script runs below twine',
    fires: true,
    events: jobOf(
      exec(2, 1, ['tar', 'x'], { exe: '/usr/bin/tar' }),
      touches(2, 'create', '/w/bin/tool', { exe: '/usr/bin/tar' }),
      exec(3, 1, ['twine', 'upload', 'dist/x'], { step: 2, exe: '/usr/bin/twine' }),
      exec(4, 3, ['/w/bin/tool'], { step: 2 }),
    ),
    steps: [stepOf(1, 'actions/cache@v4'), stepOf(2)],
  },
  {
    name: 'tests run from the cache',
    fires: false,
    events: jobOf(
      exec(2, 1, ['tar', 'x'], { exe: '/usr/bin/tar' }),
      touches(2, 'create', '/w/bin/tool', { exe: '/usr/bin/tar' }),
      exec(3, 1, ['npm', 'test'], { step: 2 }),
      exec(4, 3, ['/w/bin/tool'], { step: 2 }),
    ),
    steps: [stepOf(1, 'actions/cache@v4'), stepOf(2)],
  },
]
