import zones from '../../data/package-zones.json' with { type: 'json' }
import { exec, happens, jobOf, type Case } from '../../testing.ts'

const registry = (method: string, path: string) =>
  happens('http', { op: 'request', process: 2, scheme: 'https', method, host: zones.registries.cargo[1] ?? '', path })

export const cases: readonly Case[] = [
  { name: 'a script puts a package', fires: true, events: jobOf(exec(2, 1, ['/tmp/rt', 'x.js']), registry('PUT', '/api/v1/crates/new')) },
  {
    name: 'cargo publishes',
    fires: false,
    events: jobOf(exec(2, 1, ['cargo', 'publish'], { exe: '/usr/bin/cargo' }), registry('PUT', '/api/v1/crates/new')),
  },
  { name: 'a search', fires: false, events: jobOf(exec(2, 1, ['/tmp/rt', 'x.js']), registry('POST', '/-/v1/search')) },
]
