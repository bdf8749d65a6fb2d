import { exec, jobOf, connects, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a script fetches a runtime from a known host into a temporary folder',
    fires: true,
    events: jobOf(...INSTALL, connects(3, 'github.com'), touches(3, 'create', '/tmp/x1/rt'), exec(4, 3, ['/tmp/x1/rt', 'p.js'])),
  },
  {
    name: 'the tool that unpacks is another than the one that fetches',
    fires: true,
    events: jobOf(
      ...INSTALL,
      exec(5, 3, ['curl', '-O', 'x'], { exe: '/usr/bin/curl' }),
      connects(5, 'files.example.test', { exe: '/usr/bin/curl' }),
      exec(6, 3, ['unzip', 'x'], { exe: '/usr/bin/unzip' }),
      touches(6, 'create', '/tmp/x1/rt', { exe: '/usr/bin/unzip', inode: '77' }),
      exec(7, 3, ['./rt'], { exe: '/tmp/renamed', inode: '77' }),
    ),
  },
  {
    name: 'into node_modules from a stranger',
    fires: true,
    events: jobOf(
      ...INSTALL,
      connects(3, 'cdn.example.test'),
      touches(3, 'create', '/home/ci/app/node_modules/left/ext'),
      exec(4, 3, ['./ext'], { exe: '/home/ci/app/node_modules/left/ext' }),
    ),
  },
  {
    name: 'a build script of Cargo',
    fires: true,
    events: jobOf(
      exec(2, 1, ['cargo', 'build']),
      exec(3, 2, ['/w/target/debug/build/x-1/build-script-build']),
      connects(3, null, { ip: '203.0.113.7', port: 9_089 }),
      touches(3, 'create', '/tmp/setup'),
      exec(4, 3, ['/tmp/setup']),
    ),
  },
  {
    name: 'esbuild fetches its binary from the registry and asks its version',
    fires: false,
    events: jobOf(
      ...INSTALL,
      connects(3, 'ghcr.io'),
      touches(3, 'create', '/home/ci/app/node_modules/left/bin/tool'),
      exec(4, 3, ['tool', '--version'], { exe: '/home/ci/app/node_modules/left/bin/tool' }),
    ),
  },
  {
    name: 'node-gyp compiles and runs a configure test',
    fires: false,
    events: jobOf(
      ...INSTALL,
      exec(4, 3, ['make']),
      exec(5, 4, ['/usr/bin/ld']),
      touches(5, 'create', '/home/ci/app/node_modules/left/build/conftest', { exe: '/usr/bin/ld' }),
      exec(6, 4, ['/home/ci/app/node_modules/left/build/conftest']),
    ),
  },
  {
    name: 'pip runs ninja from its build environment',
    fires: false,
    events: jobOf(
      exec(2, 1, ['python3', '-m', 'pip', 'install', 'x'], { exe: '/usr/bin/python3' }),
      connects(2, 'ghcr.io'),
      touches(2, 'create', '/tmp/pip-build-env-1/overlay/bin/ninja'),
      exec(3, 2, ['python3', 'setup.py'], { exe: '/usr/bin/python3' }),
      exec(4, 3, ['/tmp/pip-build-env-1/overlay/bin/ninja']),
    ),
  },
]
