import { exec, happens, jobOf, type Case } from '../../testing.ts'

const get = (path: string) => happens('http', { op: 'request', process: 2, scheme: 'http', method: 'GET', host: 'x.example.test', path })

export const cases: readonly Case[] = [
  {
    name: 'in base64',
    fires: true,
    events: jobOf(exec(2, 1, ['python3', 'x.py']), get(`/u/${Buffer.from('HOME=/root\nPATH=/usr/bin\nAWS_KEY=x').toString('base64url')}`)),
  },
  {
    name: 'in hex',
    fires: true,
    events: jobOf(exec(2, 1, ['node', 'x.js']), get(`/u/${Buffer.from('HOME=/root\nPATH=/usr/bin\nAWS_KEY=x').toString('hex')}`)),
  },
  {
    name: 'a digest',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), get('/blobs/sha256/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')),
  },
  {
    name: 'a long name of a package',
    fires: false,
    events: jobOf(exec(2, 1, ['node', 'x.js']), get('/packages/some-very-long-package-name-with-many-words-in-it/-/x.tgz')),
  },
]
