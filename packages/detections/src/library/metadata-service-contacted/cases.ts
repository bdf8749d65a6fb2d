import { exec, happens, jobOf, connects, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'curl asks for credentials',
    fires: true,
    events: jobOf(
      exec(2, 1, ['curl', 'x'], { exe: '/usr/bin/curl' }),
      connects(2, null, { ip: '169.254.169.254', port: 80, exe: '/usr/bin/curl' }),
    ),
  },
  {
    name: 'by name',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      happens('dns', {
        op: 'query',
        transport: 'udp',
        server: '192.0.2.1',
        port: 53,
        id: 1,
        name: 'metadata.google.internal',
        type: 'A',
        process: 2,
      }),
    ),
  },
  {
    name: 'the command line tool of a cloud',
    fires: false,
    events: jobOf(
      exec(2, 1, ['aws', 's3', 'ls'], { exe: '/usr/local/bin/aws' }),
      connects(2, null, { ip: '169.254.169.254', port: 80, exe: '/usr/local/bin/aws' }),
    ),
  },
  {
    name: 'DNS through the same address',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, null, { ip: '168.63.129.16', port: 53 })),
  },
]
