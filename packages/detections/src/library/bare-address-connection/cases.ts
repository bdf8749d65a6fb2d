import { exec, happens, jobOf, type Case } from '../../testing.ts'

const connect = { op: 'connect', flow: 1, protocol: 'tcp', verdict: 'observed', process: 2, port: 443 } as const
const tool = exec(2, 1, ['./tool'])

export const cases: readonly Case[] = [
  {
    name: 'a public address nobody asked for',
    fires: true,
    events: jobOf(tool, happens('network', { ...connect, ip: '203.0.113.9', flags: ['no-dns'] })),
  },
  {
    name: 'a public IPv6 address nobody asked for',
    fires: true,
    events: jobOf(tool, happens('network', { ...connect, ip: '2001:db8::9', flags: ['no-dns'] })),
  },
  {
    name: 'an address that DNS gave',
    fires: false,
    events: jobOf(tool, happens('network', { ...connect, ip: '203.0.113.9', domain: 'cdn.example.test', domainSource: 'dns' })),
  },
  {
    name: 'a service of the local network',
    fires: false,
    events: jobOf(tool, happens('network', { ...connect, ip: '10.1.2.3', flags: ['no-dns'] })),
  },
  { name: 'loopback', fires: false, events: jobOf(tool, happens('network', { ...connect, ip: '::1', flags: ['no-dns'] })) },
]
