import { exec, happens, jobOf, type Case } from '../../testing.ts'

const npm = exec(2, 1, ['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'ci'])
const connect = { op: 'connect', flow: 1, protocol: 'tcp', verdict: 'observed', outcome: 'established' } as const

export const cases: readonly Case[] = [
  {
    name: 'an install script posts to a bare address',
    fires: true,
    events: jobOf(npm, exec(3, 2, ['node', 'install.js']), happens('network', { ...connect, process: 3, ip: '203.0.113.9', port: 8000 })),
  },
  {
    name: 'a build script of pip sends a datagram to a named host',
    fires: true,
    events: jobOf(
      exec(2, 1, ['pip3', 'install', '-r', 'requirements.txt']),
      exec(3, 2, ['python3', 'setup.py']),
      happens('network', {
        ...connect,
        op: 'send',
        protocol: 'udp',
        process: 3,
        ip: '203.0.113.7',
        port: 4444,
        domain: 'collect.example.test',
      }),
    ),
  },
  {
    name: 'npm itself downloads',
    fires: false,
    events: jobOf(npm, happens('network', { ...connect, process: 2, ip: '198.51.100.5', port: 443, domain: 'mirror.example.test' })),
  },
  {
    name: 'node-gyp fetches headers from a known source of binaries',
    fires: false,
    events: jobOf(
      npm,
      exec(3, 2, ['node', 'node-gyp.js', 'rebuild']),
      happens('network', { ...connect, process: 3, ip: '198.51.100.6', port: 443, domain: 'nodejs.org' }),
    ),
  },
  {
    name: 'tests talk to a service',
    fires: false,
    events: jobOf(
      exec(2, 1, ['npm', 'test']),
      exec(3, 2, ['node', 'test.js']),
      happens('network', { ...connect, process: 3, ip: '198.51.100.7', port: 443 }),
    ),
  },
  {
    name: 'an install script talks to loopback and to DNS',
    fires: false,
    events: jobOf(
      npm,
      exec(3, 2, ['node', 'install.js']),
      happens('network', { ...connect, process: 3, ip: '127.0.0.1', port: 8000 }),
      happens('network', { ...connect, op: 'send', protocol: 'udp', process: 3, ip: '198.51.100.53', port: 53 }),
    ),
  },
]
