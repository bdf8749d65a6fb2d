import { exec, happens, jobOf, type Case } from '../../testing.ts'

const ask = (index: number, name: string) =>
  happens('dns', { op: 'query', transport: 'udp', server: '192.0.2.53', port: 53, id: index, name, type: 'TXT', process: 2 })
const random = (index: number) =>
  (((index + 7) * 2_654_435_761) % 4_294_967_296).toString(36).padStart(7, 'x').repeat(1) +
  (((index + 3) * 40_503_611) % 4_294_967_291).toString(36) +
  (((index + 11) * 1_299_709_003) % 4_294_967_279).toString(36) +
  'q7z'

export const cases: readonly Case[] = [
  {
    name: 'a hundred labels carry a file',
    fires: true,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      ...Array.from({ length: 100 }, (_, index) => ask(index, `${random(index)}k3.t.example.test`)),
    ),
  },
  {
    name: 'one long name over and over',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      ...Array.from({ length: 100 }, (_, index) => ask(index, 'a1b2c3d4e5f6g7h8i9j0k1l2.cdn.example.test')),
    ),
  },
  {
    name: 'many short names',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), ...Array.from({ length: 100 }, (_, index) => ask(index, `host${index}.example.test`))),
  },
  {
    name: 'reverse lookups',
    fires: false,
    events: jobOf(
      exec(2, 1, ['node', 'x.js']),
      ...Array.from({ length: 100 }, (_, index) => ask(index, `${index}.${index}.100.51.198.long.label.in-addr.arpa`)),
    ),
  },
]
