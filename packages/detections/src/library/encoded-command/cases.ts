import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a branch name that decodes and runs',
    fires: true,
    events: jobOf(exec(2, 1, ['bash', '-c', 'echo Y3VybA== | base64 -d | bash'], { exe: '/usr/bin/bash' })),
  },
  {
    name: 'node evaluates a long encoded text',
    fires: true,
    events: jobOf(exec(2, 1, ['node', '-e', `eval(atob('${'QUJD'.repeat(60)}'))`], { exe: '/usr/bin/node' })),
  },
  {
    name: 'a secret file is decoded from a variable',
    fires: false,
    events: jobOf(exec(2, 1, ['bash', '-c', 'echo $KEY | base64 --decode > key.json'], { exe: '/usr/bin/bash' })),
  },
  {
    name: 'node asks for a version',
    fires: false,
    events: jobOf(exec(2, 1, ['node', '-p', "require('./package.json').version"], { exe: '/usr/bin/node' })),
  },
]
