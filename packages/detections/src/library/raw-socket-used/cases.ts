import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a packet socket',
    fires: true,
    events: jobOf(
      exec(2, 1, ['python3', 'x.py']),
      happens('system', { op: 'socket', process: 2, exe: '/usr/bin/python3', detail: 'AF_PACKET SOCK_RAW', result: 3 }),
    ),
  },
  {
    name: 'raw packets',
    fires: true,
    events: jobOf(
      exec(2, 1, ['./x']),
      happens('network', {
        op: 'send',
        process: 2,
        exe: '/w/x',
        flow: 1,
        protocol: 'raw',
        ip: '203.0.113.9',
        port: 0,
        verdict: 'observed',
      }),
    ),
  },
  {
    name: 'ping',
    fires: false,
    events: jobOf(
      exec(2, 1, ['ping', 'x'], { exe: '/usr/bin/ping' }),
      happens('network', {
        op: 'send',
        process: 2,
        exe: '/usr/bin/ping',
        flow: 1,
        protocol: 'raw',
        ip: '203.0.113.9',
        port: 0,
        verdict: 'observed',
      }),
    ),
  },
  {
    name: "a capture of the test's own traffic",
    fires: false,
    events: jobOf(
      exec(2, 1, ['tcpdump'], { exe: '/usr/bin/tcpdump' }),
      happens('system', { op: 'socket', process: 2, exe: '/usr/bin/tcpdump', detail: 'AF_PACKET SOCK_RAW', result: 3 }),
    ),
  },
]
