import indicators from '../../data/indicators.json' with { type: 'json' }
import { exec, happens, jobOf, connects, type Case } from '../../testing.ts'

const domain = indicators.indicators.find(({ kind }) => kind === 'domain')?.value ?? ''
const inTime = Date.UTC(2026, 10, 1) * 1_000

export const cases: readonly Case[] = [
  {
    name: 'a listed name is asked for',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      happens('dns', {
        op: 'query',
        transport: 'udp',
        server: '192.0.2.53',
        port: 53,
        id: 1,
        name: domain,
        type: 'A',
        process: 2,
        time: inTime,
      } as never),
    ),
  },
  { name: 'and anything below it', fires: true, events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, `a.${domain}`, { time: inTime })) },
  {
    name: 'long after it expired',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, domain, { time: Date.UTC(2050, 1, 1) * 1_000 })),
  },
  {
    name: 'another name that ends alike',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, `not${domain}`, { time: inTime })),
  },
]
