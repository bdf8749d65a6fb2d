import { exec, happens, jobOf, type Case } from '../../testing.ts'

const npm = exec(2, 1, ['node', '/usr/bin/npm', 'ci'])
const aws = { op: 'read', path: '/home/ci/.aws/credentials', family: 'cloud' } as const

export const cases: readonly Case[] = [
  {
    name: 'a script below npm ci reads cloud credentials',
    fires: true,
    events: jobOf(
      npm,
      exec(3, 2, ['sh', '-c', 'node install.js']),
      exec(4, 3, ['node', 'install.js']),
      happens('file', { ...aws, process: 4 }),
    ),
  },
  {
    name: 'setup.py below pip install reads an SSH key',
    fires: true,
    events: jobOf(
      exec(2, 1, ['python3', '-m', 'pip', 'install', '.']),
      exec(3, 2, ['python3', 'setup.py', 'bdist_wheel']),
      happens('file', { op: 'read', path: '/root/.ssh/id_ed25519', family: 'ssh', process: 3, exe: '/usr/bin/python3' }),
    ),
  },
  {
    name: 'npm reads its own configuration',
    fires: false,
    events: jobOf(npm, happens('file', { op: 'read', path: '/root/.npmrc', family: 'package-registry', process: 2 })),
  },
  {
    name: 'git below npm reads git credentials',
    fires: false,
    events: jobOf(
      npm,
      exec(3, 2, ['/usr/bin/git', 'fetch']),
      happens('file', { op: 'read', path: '/root/.git-credentials', family: 'git', process: 3, exe: '/usr/bin/git' }),
    ),
  },
  {
    name: 'a deploy step reads cloud credentials',
    fires: false,
    events: jobOf(
      exec(2, 1, ['npm', 'run', 'deploy']),
      exec(3, 2, ['aws', 's3', 'sync']),
      happens('file', { ...aws, process: 3, exe: '/usr/bin/aws' }),
    ),
  },
]
