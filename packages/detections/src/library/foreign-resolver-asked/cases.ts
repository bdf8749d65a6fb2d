import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'node asks a public resolver by itself',
    fires: true,
    events: jobOf(
      exec(2, 1, ['bash']),
      happens('dns', {
        op: 'query',
        transport: 'udp',
        server: '192.0.2.53',
        port: 53,
        id: 1,
        name: 'a.example.test',
        type: 'A',
        process: 2,
      }),
      exec(3, 2, ['node', 'x.js']),
      happens('network', { op: 'send', process: 3, flow: 1, protocol: 'udp', ip: '8.8.8.8', port: 53, verdict: 'observed' }),
    ),
  },
  {
    name: 'dig is told to',
    fires: false,
    events: jobOf(
      exec(2, 1, ['bash']),
      happens('dns', {
        op: 'query',
        transport: 'udp',
        server: '192.0.2.53',
        port: 53,
        id: 1,
        name: 'a.example.test',
        type: 'A',
        process: 2,
      }),
      exec(3, 2, ['dig', '@1.1.1.1', 'x'], { exe: '/usr/bin/dig' }),
      happens('network', {
        op: 'send',
        process: 3,
        exe: '/usr/bin/dig',
        flow: 1,
        protocol: 'udp',
        ip: '1.1.1.1',
        port: 53,
        verdict: 'observed',
      }),
    ),
  },
  {
    name: 'the machine is configured with it',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node']),
      happens('network', { op: 'send', process: 2, flow: 1, protocol: 'udp', ip: '8.8.8.8', port: 53, verdict: 'observed' }),
    ),
  },
]
