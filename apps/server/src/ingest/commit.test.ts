import { expect, test } from 'vitest'
import { changeBus } from '../stream/changes.ts'
import type { Context } from '../context.ts'
import { silentLog } from '../log.ts'
import { openDatabase } from '../meta/database.ts'
import { AppError } from '../problem.ts'
import { committer } from './commit.ts'

function unused(): never {
  throw new Error('not part of this test')
}

async function idle() {
  const db = await openDatabase(':memory:')
  const store = { insert: unused, events: unused, seqs: unused, counts: unused, hunt: unused, ping: unused, close: unused }
  const context: Context = { db, store, storeState: () => 'ready', changes: changeBus(), log: silentLog(), now: () => 0 }
  return committer(context, { nextChange: unused, touch: unused, close: unused })
}

/** How often it works until it throws BUSY. */
function untilBusy(take: () => () => void): (() => void)[] {
  const taken: (() => void)[] = []
  try {
    for (;;) taken.push(take())
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'BUSY' })
    return taken
  }
}

test('batches beyond what can be taken at once are put off, and taken when others are done', async () => {
  const committing = await idle()
  const taken = untilBusy(() => committing.reserve())
  expect(taken.length).toBe(64)
  taken[0]?.()
  expect(untilBusy(() => committing.reserve()).length).toBe(1)
})

test('inflated batches never take more than 64 MiB together, however many there are', async () => {
  const committing = await idle()
  const taken = untilBusy(() => committing.hold(8 * 1_048_576))
  expect(taken.length).toBe(8)
  for (const release of taken) release()
  expect(untilBusy(() => committing.hold(8 * 1_048_576)).length).toBe(8)
})

test('a stopping server takes nothing new', async () => {
  const committing = await idle()
  await committing.close()
  expect(() => committing.reserve()).toThrow(AppError)
})
