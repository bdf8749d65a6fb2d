import { exec, jobOf, touches, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'chmod u+s', fires: true, events: jobOf(exec(2, 1, ['chmod', 'u+s', '/tmp/sh'], { exe: '/usr/bin/chmod' })) },
  { name: 'by the system call', fires: true, events: jobOf(exec(2, 1, ['/tmp/x']), touches(2, 'chmod', '/tmp/sh', { mode: 0o4755 })) },
  {
    name: "a browser's sandbox",
    fires: false,
    events: jobOf(exec(2, 1, ['chmod', '4755', '/opt/chrome/chrome-sandbox'], { exe: '/usr/bin/chmod' })),
  },
  { name: 'an executable file', fires: false, events: jobOf(exec(2, 1, ['chmod', '0755', 'run.sh'], { exe: '/usr/bin/chmod' })) },
]
