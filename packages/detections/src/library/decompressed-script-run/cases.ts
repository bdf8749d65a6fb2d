import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'test data is decompressed into a shell',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash', 'configure']),
      exec(3, 2, ['xz', '-dc'], { exe: '/usr/bin/xz' }),
      exec(4, 2, ['/bin/sh'], { exe: '/usr/bin/dash' }),
    ),
  },
  {
    name: 'by the command line',
    fires: true,
    events: jobOf(exec(2, 1, ['sh', '-c', 'head -c 100 t.xz | tr a b | xz -d | sh'], { exe: '/usr/bin/dash' })),
  },
  {
    name: 'by what is known of standard input',
    fires: true,
    events: jobOf(
      exec(3, 1, ['/opt/zstd'], { exe: '/usr/bin/zstd' }),
      exec(4, 2, ['bash', '-s'], { exe: '/usr/bin/bash', stdio: ['pipe', 'file', 'file'], stdinFrom: 3 }),
    ),
  },
  {
    name: 'a self-extracting installer pipes into tar',
    fires: false,
    events: jobOf(
      exec(2, 1, ['sh', 'install.run'], { exe: '/usr/bin/dash' }),
      exec(3, 2, ['gzip', '-cd'], { exe: '/usr/bin/gzip' }),
      exec(4, 2, ['tar', 'xf', '-'], { exe: '/usr/bin/tar' }),
    ),
  },
  {
    name: 'a script runs after something was unpacked',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['gzip', '-d', 'x.gz'], { exe: '/usr/bin/gzip' }),
      exec(4, 2, ['sh', './configure'], { exe: '/usr/bin/dash' }),
    ),
  },
]
