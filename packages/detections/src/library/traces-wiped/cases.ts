import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'the history goes',
    fires: true,
    events: jobOf(exec(2, 1, ['rm', '/root/.bash_history']), touches(2, 'unlink', '/root/.bash_history', { exe: '/usr/bin/rm' })),
  },
  { name: 'auditing is switched off', fires: true, events: jobOf(exec(2, 1, ['auditctl', '-e', '0'])) },
  {
    name: 'a log of the application',
    fires: false,
    events: jobOf(exec(2, 1, ['rm', '/var/log/app.log']), touches(2, 'unlink', '/var/log/app.log', { exe: '/usr/bin/rm' })),
  },
  {
    name: 'the runner tidies up',
    fires: false,
    events: jobOf(exec(2, 1, ['/r/bin/Runner.Worker']), touches(2, 'unlink', '/r/_diag/pages/1.log', { exe: '/r/bin/Runner.Worker' })),
  },
]
