import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Event } from '@gatehouse/schema'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arbitraryOf } from '../../../../packages/schema/src/testing/arbitrary.ts'
import { silentLog } from '../log.ts'
import { fromRow, INSERT_COLUMNS, rowHead, toRow } from './row.ts'
import { openEventStore, type EventStore } from './store.ts'
import { StoreUnavailable, superviseStore, type StoreProcess } from './supervisor.ts'
import { EXIT_CANNOT_LOAD } from './worker.ts'

const JOB = '01890000-0000-7000-8000-000000000001'
const ALL = { after: 0, limit: 10_000, kinds: [] }
let folder: string
let worker: StoreProcess
let store: EventStore

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gh-store-'))
  worker = await superviseStore(join(folder, 'events'), silentLog())
  store = await openEventStore({ socket: worker.socket })
})
afterAll(async () => {
  await store?.close()
  await worker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function row(org: number, job: string, event: Event): string {
  return toRow(rowHead({ org, job, week: '2026-11-16' }), event)
}
function write(seq: number, path = '/a'): Event {
  return { kind: 'file', op: 'write', seq, time: 1_795_348_800_000_000, step: 1, process: 1, exe: '/bin/sh', path }
}

describe('the event store', () => {
  test('gives back exactly the events that were put in, whatever they are', async () => {
    const events = fc
      .sample(arbitraryOf<Event>(Event), { numRuns: 2_000, seed: 7 })
      .map((event, index) => Object.assign(event, { seq: index + 1 }))
    await store.insert(events.map((event) => row(1, JOB, event)))
    const page = await store.events(1, JOB, ALL)
    expect(page.items.length).toBe(events.length)
    expect(page.items).toEqual(events)
  })
  test('holds the same event once however often it is written', async () => {
    const job = '01890000-0000-7000-8000-000000000002'
    for (let time = 0; time < 3; time++) await store.insert([row(1, job, write(1)), row(1, job, write(2))])
    expect((await store.events(1, job, ALL)).items.map((event) => event.seq)).toEqual([1, 2])
    expect((await store.counts(1, [job])).get(job)?.events).toBe(2)
  })
  test('never shows the events of another organization, even for the same job id', async () => {
    const job = '01890000-0000-7000-8000-000000000003'
    await store.insert([row(1, job, write(1, '/one')), row(2, job, write(1, '/two')), row(2, job, write(2, '/two'))])
    expect((await store.events(1, job, ALL)).items).toEqual([write(1, '/one')])
    expect((await store.counts(1, [job])).get(job)?.events).toBe(1)
    expect((await store.events(3, job, ALL)).items).toEqual([])
  })
  test('pages without repeating or skipping, and cuts a page that is too large in bytes', async () => {
    const job = '01890000-0000-7000-8000-000000000004'
    const big = Array.from({ length: 14 }, (_, index): Event => ({
      ...write(index + 1),
      kind: 'process',
      op: 'exec',
      pid: 1,
      startNs: 1,
      argv: Array.from({ length: 100 }, () => 'x'.repeat(8_000)),
    }))
    await store.insert(big.map((event) => row(1, job, event)))
    const seqs: number[] = []
    let pages = 0
    for (let after = 0, more = true; more; pages++) {
      const page = await store.events(1, job, { ...ALL, after })
      seqs.push(...page.items.map((event) => event.seq))
      after = seqs.at(-1) ?? 0
      more = page.more
    }
    expect(seqs).toEqual(big.map((event) => event.seq))
    expect(pages).toBeGreaterThan(1)
  })
  test('starts again after a kill with everything it had acknowledged', async () => {
    const job = '01890000-0000-7000-8000-000000000005'
    await store.insert([row(1, job, write(1))])
    const before = worker.pid()
    process.kill(before ?? 0, 'SIGKILL')
    await expect.poll(() => worker.state() === 'ready' && worker.pid() !== before, { timeout: 15_000 }).toBe(true)
    expect((await store.events(1, job, ALL)).items).toEqual([write(1)])
  })
})

test('an engine that this machine cannot load is reported as such, at once, and not tried again', async () => {
  const program = join(folder, 'cannot-load.mjs')
  writeFileSync(program, `process.stderr.write('no such engine'); process.exit(${EXIT_CANNOT_LOAD})`)
  const began = performance.now()
  await expect(superviseStore(join(folder, 'none'), silentLog(), program)).rejects.toThrow(StoreUnavailable)
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('a row is the event and nothing but the event', () => {
  fc.assert(
    fc.property(arbitraryOf<Event>(Event), (event) => {
      const values: unknown[] = JSON.parse(row(1, JOB, event))
      const { ts, ...stored } = Object.fromEntries(INSERT_COLUMNS.map((column, index) => [column, values[index]]))
      expect(fromRow({ ...stored, time: ts })).toEqual(event)
    }),
  )
})
