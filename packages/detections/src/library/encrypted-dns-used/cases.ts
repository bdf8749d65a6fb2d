import { exec, jobOf, connects, type Case } from '../../testing.ts'

export const cases: readonly Case[] = [
  { name: 'DNS over TLS', fires: true, events: jobOf(exec(2, 1, ['./x']), connects(2, null, { port: 853 })) },
  { name: 'DNS over HTTPS by name', fires: true, events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, 'cloudflare-dns.com')) },
  {
    name: 'a browser in a test',
    fires: false,
    events: jobOf(exec(2, 1, ['chrome'], { exe: '/opt/chrome/chrome' }), connects(2, 'dns.google', { exe: '/opt/chrome/chrome' })),
  },
  { name: 'an ordinary website', fires: false, events: jobOf(exec(2, 1, ['node', 'x.js']), connects(2, 'www.example.test')) },
]
