import { exec, jobOf, touches, stepOf, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'an install script rewrites an action',
    fires: true,
    events: jobOf(...INSTALL, touches(3, 'write', '/home/runner/work/_actions/some/action/v1/dist/index.js')),
  },
  {
    name: 'a rename over the script of a step',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      touches(2, 'rename', '/tmp/x', { to: '/home/runner/work/_temp/11111111-2222-3333-4444-555555555555.sh' }),
    ),
  },
  {
    name: 'the command file of another step',
    fires: true,
    events: jobOf(exec(2, 1, ['bash']), touches(2, 'write', '/w/_temp/_runner_file_commands/set_env_11111111-2222-3333-4444-555555555555')),
    steps: [stepOf(1, undefined, { key: 'aaaaaaaa-2222-3333-4444-555555555555' })],
  },
  {
    name: "a step's own command file",
    fires: false,
    events: jobOf(exec(2, 1, ['bash']), touches(2, 'write', '/w/_temp/_runner_file_commands/set_env_aaaaaaaa-2222-3333-4444-555555555555')),
    steps: [stepOf(1, undefined, { key: 'aaaaaaaa-2222-3333-4444-555555555555' })],
  },
  {
    name: 'an action keeps a cache in its own folder',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', '/w/_actions/some/action/v1/dist/index.js']),
      touches(2, 'create', '/w/_actions/some/action/v1/.cache/x'),
    ),
    steps: [stepOf(1, 'some/action@v1')],
  },
  {
    name: 'the runner unpacks an action',
    fires: false,
    events: jobOf(
      exec(1, 0, ['/r/bin/Runner.Worker'], { step: 0 }),
      exec(2, 1, ['tar', 'xzf', 'a.tar.gz'], { exe: '/usr/bin/tar' }),
      touches(2, 'create', '/w/_actions/some/action/v1/x', { exe: '/usr/bin/tar' }),
    ),
  },
  {
    name: 'a setup action fills the tool cache',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', '/w/_actions/actions/setup-node/v4/dist/index.js']),
      touches(2, 'create', '/opt/hostedtoolcache/node/24/bin/node'),
    ),
  },
]
