import { exec, jobOf, INSTALL, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'the token of the GitHub tool', fires: true, events: jobOf(...INSTALL, exec(4, 3, ['gh', 'auth', 'token'])) },
  { name: 'a secret scanner', fires: true, events: jobOf(...INSTALL, exec(4, 3, ['/tmp/x/trufflehog', 'filesystem', '/home/ci'])) },
  { name: 'a workflow scans itself', fires: false, events: jobOf(exec(2, 1, ['gitleaks', 'detect'])) },
  { name: 'a release step asks for its token', fires: false, events: jobOf(exec(2, 1, ['gh', 'auth', 'token'])) },
]
