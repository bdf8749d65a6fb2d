import { exec, jobOf, connects, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a script reads two families and posts them',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['python3', 'x.py']),
      touches(3, 'read', '/root/.ssh/id_rsa', { family: 'ssh' }),
      touches(3, 'read', '/root/.aws/credentials', { family: 'cloud' }),
      connects(3, 'drop.example.test'),
    ),
  },
  {
    name: "a deployment with the cloud's library",
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'deploy.js']),
      touches(2, 'read', '/root/.aws/credentials', { family: 'cloud' }),
      connects(2, 's3.example.test'),
    ),
  },
  {
    name: 'a release tool that talks to GitHub',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'release.js']),
      touches(2, 'read', '/root/.npmrc', { family: 'package-registry' }),
      touches(2, 'read', '/root/.netrc', { family: 'git' }),
      connects(2, 'api.github.com'),
    ),
  },
]
