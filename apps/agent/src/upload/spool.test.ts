import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createSender } from './sender.ts'
import { abandonedSpools, createSpool, spoolRoot } from './spool.ts'

const SERVER = 'http://127.0.0.1:1/'
const GONE = 4_194_305
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function root(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-spool-'))
  folders.push(folder)
  return join(folder, 'spool')
}
const bytes = (length: number) => new Uint8Array(length).fill(7)

const loss = (seq: number) =>
  ({
    record: 'event',
    event: { kind: 'loss', op: 'ring-full', type: 'x', count: 1, seq, time: seq, step: 0, process: 0, exe: `/${Math.sin(seq)}` },
  }) as const

test('keeps batches in order until they are removed, and its folder until it is empty', () => {
  const at = root()
  const spool = createSpool(at, { job: 'a', server: SERVER, pid: 1 })
  expect([spool.put(2, bytes(3)), spool.put(1, bytes(4))]).toEqual([true, true])
  expect(spool.waiting()).toEqual([1, 2])
  expect(spool.read(1).length).toBe(4)
  expect(statSync(spool.folder).mode & 0o077).toBe(0)
  expect(spool.close()).toBe(false)
  spool.remove(1)
  spool.remove(2)
  expect(spool.close()).toBe(true)
  expect(existsSync(spool.folder)).toBe(false)
})

test('a full spool refuses, and takes again what fits once something left', () => {
  const spool = createSpool(root(), { job: 'a', server: SERVER, pid: 1 }, 10)
  expect(spool.put(1, bytes(8))).toBe(true)
  expect(spool.put(2, bytes(3))).toBe(false)
  expect(spool.put(2, bytes(2))).toBe(true)
  spool.remove(1)
  expect(spool.put(3, bytes(8))).toBe(true)
})

test('what a full spool could not keep is counted, record by record, and numbers have no gap', async () => {
  const spool = createSpool(root(), { job: 'a', server: SERVER, pid: 1 }, 400)
  const sender = createSender({ job: 'a', agent: '0', spool, post: () => Promise.reject(new Error('away')), now: () => 1 })
  const total = 20_000
  for (let seq = 1; seq <= total; seq++) sender.add(loss(seq))
  await sender.finish(0)
  const dropped = sender.takeDropped()
  expect(dropped).toBeGreaterThan(0)
  expect(dropped).toBeLessThanOrEqual(total)
  expect(sender.takeDropped()).toBe(0)
  expect(spool.waiting()).toEqual(spool.waiting().map((_, index) => index + 1))
})

test('a folder that others may enter is refused', () => {
  const at = root()
  mkdirSync(at, { recursive: true })
  chmodSync(at, 0o755)
  expect(() => createSpool(at, { job: 'a', server: SERVER, pid: 1 })).toThrow(/0700/)
})

test('only spools of this server whose agent is gone are taken over', () => {
  const at = root()
  for (const [job, server, pid] of [
    ['gone', SERVER, GONE],
    ['alive', SERVER, process.pid],
    ['elsewhere', 'http://other.test/', GONE],
  ] as const) {
    createSpool(at, { job, server, pid }).put(1, bytes(1))
  }
  expect(abandonedSpools(at, SERVER).map(({ owner }) => owner.job)).toEqual(['gone'])
  expect(abandonedSpools(join(at, 'nowhere'), SERVER)).toEqual([])
})

test('the spool is where the environment says, if that is a whole path', () => {
  expect(spoolRoot({ GATEHOUSE_STATE: '/state' })).toBe('/state/spool')
  expect(spoolRoot({ GATEHOUSE_STATE: 'relative', XDG_STATE_HOME: '/x' })).not.toContain('relative')
})
