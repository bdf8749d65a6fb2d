import type { JobEnd } from '@gatehouse/schema'
import { expect, test } from 'vitest'
import { execOf, forkOf, journalOf, recordOf } from '../attribute/testing.ts'
import type { KernelRecord } from '../sensor/record.ts'
import { helloMessage, recordsOf, serverName, versions } from '../tls/testing.ts'
import { bytes, duration, renderSummary } from './render.ts'
import { createSummary } from './summary.ts'
import { widthOf } from './visible.ts'

const END: JobEnd = { finishedAt: 0, exitCode: 0, verdict: 'complete', events: 0, accounting: [], notes: [] }
const local = { ip: '192.0.2.10', port: 40_000 }

async function summaryOf(records: readonly KernelRecord[], end: Partial<JobEnd> = {}, color = false): Promise<string> {
  const collector = createSummary({ cwd: '/work', home: '/root' })
  for (const line of await journalOf(records)) collector.observe(line)
  return renderSummary(collector.summary(), {
    color,
    command: 'make',
    durationMs: 1_500,
    end: { ...END, ...end },
    mode: 'full',
    reasons: [],
  })
}
const connection = (pid: number, socket: string, ip: string): KernelRecord[] => [
  recordOf('tcp', pid, { op: 'connect', socket, local, remote: { ip, port: 8_000 }, error: 0, sent: 0, received: 0 }),
  recordOf('tcp', pid, { op: 'established', socket, local, remote: { ip, port: 8_000 }, error: 0, sent: 0, received: 0 }),
  recordOf('tcp', pid, { op: 'close', socket, local, remote: { ip, port: 8_000 }, error: 0, sent: 4_100, received: 20 }),
]

test('a calm run is said to be calm in its first words', async () => {
  expect(await summaryOf([execOf(100, ['make'])])).toMatch(/✓ Nothing odd\. The command succeeded after 1\.5 s: 1 process/)
})

test('a finding comes first, and a connection with who made it and what it carried', async () => {
  const text = await summaryOf([
    execOf(100, ['npm', 'ci']),
    forkOf(100, 101),
    execOf(101, ['sh', '-c', 'node steal.js']),
    forkOf(101, 102),
    execOf(102, ['node', './steal.js']),
    ...connection(102, 's1', '203.0.113.9'),
  ])
  expect(text.indexOf('Findings')).toBeLessThan(text.indexOf('Destinations'))
  expect(text).toContain('203.0.113.9:8000')
  expect(text).toContain('↑ 4.1 kB ↓ 20 B')
  expect(text).toContain('no DNS answer named this address · steal.js ‹ sh ‹ npm ci')
})

test('losses are in the first sentence, not in a footnote', async () => {
  expect(await summaryOf([execOf(100, ['make'])], { verdict: 'degraded' })).toMatch(/The record is degraded/)
})

test('is at most 80 columns wide and obeys no name, however long and hostile', async () => {
  const evil = `\u001b]0;${'長'.repeat(300)}\u202e`
  const text = await summaryOf([
    execOf(100, [`/${evil}`, evil], { exe: `/tmp/${evil}`, filename: `/tmp/${evil}`, memfd: true }),
    ...connection(100, 's1', '2001:db8:1111:2222:3333:4444:5555:6666'),
    recordOf('path', 100, { op: 'unlink', path: `/work/${evil}`, to: undefined, pathCut: false, result: 0, argument: 0 }),
  ])
  expect(text).not.toContain('\u001b')
  expect(text).not.toContain('\u202e')
  for (const line of text.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(80)
})

const plain = (path: string) => {
  const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: mirror.example.test\r\n\r\n`)
  return recordOf('plain', 100, { connection: '7', restarted: false, total: bytes.length, data: bytes })
}

test('TLS names the other side of a connection and is none itself; packages that it carried are listed', async () => {
  const remote = { ip: '203.0.113.9', port: 8_000 }
  const extensions = [serverName('mirror.example.test'), versions(0x0304)]
  const data = recordsOf(helloMessage({ ciphers: [0x1301], extensions }))
  const [connect, established, close] = connection(100, 's1', remote.ip)
  const text = await summaryOf(
    [
      execOf(100, ['npm', 'ci']),
      connect,
      established,
      recordOf('hello', 100, { transport: 'tcp', socket: 'c1', local, remote, offset: 0, total: data.length, data }),
      plain('/left-pad/-/left-pad-1.3.0.tgz'),
      plain('/@scope/pkg/-/pkg-2.0.0.tgz'),
      close,
    ].filter((record) => record !== undefined),
  )
  expect(text).toMatch(/  mirror\.example\.test:8000 +↑ 4\.1 kB ↓ 20 B/)
  expect(text).toMatch(/Downloads\n +2  npm  left-pad 1\.3\.0, @scope\/pkg 2\.0\.0/)
})

test('colour is there only when it is asked for', async () => {
  expect(await summaryOf([execOf(100, ['make'])], {}, true)).toContain('\u001b[')
})

test('sizes and times are written for people', () => {
  expect([0, 999, 1_000, 4_100, 999_600, 12_300_000].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '4.1 kB', '1.0 MB', '12 MB'])
  expect([5, 1_500, 61_000].map(duration)).toEqual(['5 ms', '1.5 s', '1 min 1 s'])
})

const write = (path: string) =>
  recordOf('open', 100, {
    path,
    pathCut: false,
    read: false,
    write: true,
    truncated: false,
    created: false,
    target: 0,
    device: 1,
    inode: '1',
    repeats: 0,
    secret: undefined,
  })

test('a program that names its threads has changed no file', async () => {
  const named = await summaryOf([execOf(100, ['node']), write('/proc/100/task/101/comm'), write('/proc/100/comm')])
  expect(named).not.toMatch(/comm\b/)
  expect(await summaryOf([execOf(100, ['node']), write('/proc/100/oom_score_adj')])).toMatch(/oom_score_adj/)
})
