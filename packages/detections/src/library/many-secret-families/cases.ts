import { exec, jobOf, touches, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a script reads four families',
    fires: true,
    events: jobOf(
      ...INSTALL,
      touches(3, 'read', '/home/ci/.ssh/id_rsa', { family: 'ssh' }),
      touches(3, 'read', '/home/ci/.aws/credentials', { family: 'cloud' }),
      touches(3, 'read', '/home/ci/.npmrc', { family: 'package-registry' }),
    ),
  },
  {
    name: 'children share the work',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['/tmp/x']),
      exec(4, 3, ['cat']),
      touches(4, 'read', '/root/.ssh/id_rsa', { family: 'ssh', exe: '/usr/bin/cat' }),
      exec(5, 3, ['cat']),
      touches(5, 'read', '/root/.aws/credentials', { family: 'cloud', exe: '/usr/bin/cat' }),
      exec(6, 3, ['cat']),
      touches(6, 'read', '/root/.kube/config', { family: 'container', exe: '/usr/bin/cat' }),
    ),
  },
  {
    name: 'a deployment where each tool reads its own',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash', 'deploy.sh']),
      exec(3, 2, ['make']),
      exec(4, 3, ['git', 'push'], { exe: '/usr/bin/git' }),
      touches(4, 'read', '/root/.git-credentials', { family: 'git' }),
      exec(5, 3, ['aws'], { exe: '/usr/bin/aws' }),
      touches(5, 'read', '/root/.aws/credentials', { family: 'cloud' }),
      exec(6, 3, ['docker', 'push'], { exe: '/usr/bin/docker' }),
      touches(6, 'read', '/root/.docker/config.json', { family: 'container' }),
    ),
  },
  {
    name: 'a linter walks over fixtures in the repository',
    fires: false,
    events: jobOf(
      exec(2, 1, ['grep', '-r', 'x'], { exe: '/usr/bin/grep' }),
      touches(2, 'read', '/w/work/a/a/test/id_rsa', { family: 'ssh' }),
      touches(2, 'read', '/w/work/a/a/.npmrc', { family: 'package-registry' }),
      touches(2, 'read', '/w/work/a/a/.aws/credentials', { family: 'cloud' }),
    ),
  },
  {
    name: 'semantic-release reads npm and git credentials',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'release.js'], { exe: '/usr/bin/node' }),
      touches(2, 'read', '/root/.npmrc', { family: 'package-registry' }),
      touches(2, 'read', '/root/.netrc', { family: 'git' }),
    ),
  },
]
