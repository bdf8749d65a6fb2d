import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'without the safety', fires: true, events: jobOf(exec(2, 1, ['rm', '-rf', '--no-preserve-root', '/'])) },
  { name: 'the home directory in a shell', fires: true, events: jobOf(exec(2, 1, ['sh', '-c', 'rm -rf ~/'])) },
  { name: 'a disk', fires: true, events: jobOf(exec(2, 1, ['dd', 'if=/dev/zero', 'of=/dev/sda', 'bs=1M'])) },
  { name: 'a build folder', fires: false, events: jobOf(exec(2, 1, ['rm', '-rf', '/home/ci/app/dist', 'node_modules'])) },
  { name: 'package lists in an image', fires: false, events: jobOf(exec(2, 1, ['rm', '-rf', '/var/lib/apt/lists/x'])) },
  {
    name: 'a tool that frees space',
    fires: false,
    events: jobOf(exec(2, 1, ['rm', '-rf', '/usr/share/dotnet', '/usr/local/lib/android', '/opt/hostedtoolcache'])),
  },
  { name: 'a text about it', fires: false, events: jobOf(exec(2, 1, ['echo', 'never run rm -rf /'])) },
]
