import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a collector encrypts its bundle',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      exec(3, 2, ['bash', 'e.sh']),
      exec(4, 3, ['cat']),
      touches(4, 'read', '/root/.ssh/id_rsa', { family: 'ssh', exe: '/usr/bin/cat' }),
      touches(4, 'read', '/root/.kube/config', { family: 'container', exe: '/usr/bin/cat' }),
      exec(5, 3, ['openssl', 'enc', '-aes-256-cbc', '-in', 'b.tar']),
    ),
  },
  {
    name: 'a release signs its files',
    fires: false,
    events: jobOf(exec(2, 1, ['bash']), exec(3, 2, ['gpg', '--detach-sign', 'x.tar.gz'])),
  },
  {
    name: 'a certificate is looked at',
    fires: false,
    events: jobOf(exec(2, 1, ['bash']), exec(3, 2, ['openssl', 'x509', '-in', 'c.pem'])),
  },
]
