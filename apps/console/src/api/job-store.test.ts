import type { Event, EventPage } from '@gatehouse/schema'
import { expect, test } from 'vitest'
import { ApiError } from './client.ts'
import { createJobStore } from './job-store.ts'

function events(from: number, to: number): Event[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    time: from + index,
    step: 1,
    process: 1,
    exe: '/bin/x',
    kind: 'file',
    op: 'create',
    path: `/tmp/${from + index}`,
  }))
}

async function settled(store: ReturnType<typeof createJobStore>): Promise<void> {
  for (let turn = 0; turn < 50 && store.snapshot().phase === 'loading'; turn += 1) await Promise.resolve()
}

test('pages are fetched until there is no next, each from where the last ended', async () => {
  const asked: number[] = []
  const store = createJobStore(async (after): Promise<EventPage> => {
    asked.push(after)
    return { items: events(after + 1, after + 10), ...(after < 20 ? { next: after + 10 } : {}) }
  })
  store.refresh()
  await settled(store)
  expect(asked).toEqual([0, 10, 20])
  expect(store.snapshot()).toMatchObject({ phase: 'ready', version: 3 })
  expect(store.snapshot().model.events).toHaveLength(30)
})

test('a server that promises more and brings nothing is not asked for ever', async () => {
  let asked = 0
  const store = createJobStore(async () => {
    asked += 1
    return { items: events(1, 5), next: 5 }
  })
  store.refresh()
  await settled(store)
  expect(asked).toBe(2)
})

test('a failure keeps what is there and can be tried again', async () => {
  let broken = true
  const store = createJobStore(async (after): Promise<EventPage> => {
    if (after === 0) return { items: events(1, 5), next: 5 }
    if (broken) throw new ApiError(500, 'INTERNAL', 'no')
    return { items: events(6, 7) }
  })
  store.refresh()
  await settled(store)
  expect(store.snapshot()).toMatchObject({ phase: 'failed', error: { code: 'INTERNAL' } })
  expect(store.snapshot().model.events).toHaveLength(5)
  broken = false
  await Promise.resolve()
  await Promise.resolve()
  store.refresh()
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  expect(store.snapshot()).toMatchObject({ phase: 'ready', error: undefined })
  expect(store.snapshot().model.events).toHaveLength(7)
})

test('news that come while a page is on its way are fetched after it', async () => {
  let last = 5
  const store = createJobStore(async (after): Promise<EventPage> => ({ items: after < last ? events(after + 1, last) : [] }))
  store.refresh()
  last = 9
  store.refresh()
  await settled(store)
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  expect(store.snapshot().model.lastSeq).toBe(9)
})
