import { exec, jobOf, touches, type Case } from '../../testing.ts'

const many = (op: 'write' | 'create', folder: string) => Array.from({ length: 120 }, (_, index) => touches(2, op, `${folder}/${index}.txt`))

export const cases: readonly Case[] = [
  { name: 'a wiper', fires: true, events: jobOf(exec(2, 1, ['node', 'x.js']), ...many('write', '/home/ci/Documents')) },
  {
    name: 'a build makes many files',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), ...many('create', '/home/ci/output'), ...many('write', '/home/ci/output')),
  },
  { name: 'a cache is rewritten', fires: false, events: jobOf(exec(2, 1, ['node', 'x.js']), ...many('write', '/home/ci/.cache/x')) },
  {
    name: 'a workspace below the home directory',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js'], { cwd: '/home/ci/project' }), ...many('write', '/home/ci/project/src')),
  },
]
