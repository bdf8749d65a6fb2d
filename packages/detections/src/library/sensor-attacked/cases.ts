import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'by name', fires: true, events: jobOf(exec(2, 1, ['pkill', '-9', '-f', 'gatehouse'])) },
  { name: 'its programs are detached', fires: true, events: jobOf(exec(2, 1, ['bpftool', 'link', 'detach', 'id', '7'])) },
  {
    name: 'a signal',
    fires: true,
    events: jobOf(
      exec(2, 1, ['/tmp/x']),
      happens('system', {
        op: 'signal',
        process: 2,
        exe: '/tmp/x',
        detail: 'SIGSTOP',
        target: 0,
        targetPid: 7,
        targetExe: '/opt/gatehouse/bin/agent',
      }),
    ),
  },
  { name: 'a test ends its server', fires: false, events: jobOf(exec(2, 1, ['pkill', '-f', 'server.js'])) },
  { name: 'programs are listed', fires: false, events: jobOf(exec(2, 1, ['bpftool', 'prog', 'list'])) },
]
