import { exec, happens, jobOf, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  {
    name: 'a bootstrap node',
    fires: true,
    events: jobOf(
      exec(2, 1, ['./x']),
      happens('dns', {
        op: 'query',
        transport: 'udp',
        server: '192.0.2.53',
        port: 53,
        id: 1,
        name: 'router.bittorrent.com',
        type: 'A',
        process: 2,
      }),
    ),
  },
  {
    name: 'many peers',
    fires: true,
    events: jobOf(
      exec(2, 1, ['./x']),
      ...Array.from({ length: 25 }, (_, index) =>
        happens('network', {
          op: 'send',
          process: 2,
          flow: index,
          protocol: 'udp',
          ip: `203.0.113.${index}`,
          port: 6_881,
          verdict: 'observed',
          flags: ['no-dns'],
        }),
      ),
    ),
  },
  {
    name: 'a test speaks QUIC with a named host',
    fires: false,
    events: jobOf(
      exec(2, 1, ['./x']),
      ...Array.from({ length: 25 }, (_, index) =>
        happens('network', {
          op: 'send',
          process: 2,
          flow: index,
          protocol: 'udp',
          ip: `203.0.113.${index}`,
          port: 443,
          domain: 'h3.example.test',
          verdict: 'observed',
        }),
      ),
    ),
  },
]
