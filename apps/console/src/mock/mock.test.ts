import { EventPage, Problem, RunDetail, RunPage } from '@gatehouse/schema'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import { apiPath } from '../path.ts'
import { createMockApi, MOCK_CODE } from './api.ts'
import { NAMED_RUNS, REPOSITORIES } from './world.ts'

const NOW = 1_800_000_000_000_000
const api = createMockApi({ delayMs: 0, clock: () => NOW })
const get = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await api(new Request(`http://mock${path}`))
  return { status: response.status, body: response.status === 204 ? undefined : await response.json() }
}

test('the mock has three hundred repositories', () => {
  expect(new Set(REPOSITORIES).size).toBe(300)
})

test('every answer has the shape the server promises', async () => {
  const runs = await get(apiPath.runs({ limit: 200 }))
  expect(Check(RunPage, runs.body)).toBe(true)
  for (const id of [
    NAMED_RUNS.story,
    NAMED_RUNS.live,
    NAMED_RUNS.degraded,
    NAMED_RUNS.hostile,
    NAMED_RUNS.tampered,
    NAMED_RUNS.command,
    NAMED_RUNS.empty,
    NAMED_RUNS.lost,
  ]) {
    const { body } = await get(apiPath.run(id))
    // The hostile run is longer than the schema allows on purpose: the console must bear what a broken server lets through.
    const valid = id !== NAMED_RUNS.hostile
    expect(Check(RunDetail, body), id).toBe(valid)
    const job = (body as RunDetail).jobs[0]?.summary.job.id ?? ''
    const events = await get(apiPath.events(job, 0, 5_000))
    expect(Check(EventPage, events.body), id).toBe(valid)
  }
  const missing = await get(apiPath.run('0192f3a4-ffff-7000-8000-000000000000'))
  expect(missing.status).toBe(404)
  expect(Check(Problem, missing.body)).toBe(true)
})

test('paging through the runs brings each once, newest first', async () => {
  const seen: string[] = []
  const times: number[] = []
  for (let before: string | undefined, more = true; more;) {
    const page = (await get(apiPath.runs({ before, limit: 50 }))).body as RunPage
    seen.push(...page.items.map((item) => item.run.id))
    times.push(...page.items.map((item) => item.startedAt))
    before = page.next
    more = before !== undefined
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.length).toBeGreaterThan(400)
  expect(times).toEqual([...times].sort((a, b) => b - a))
})

test('signing out shuts everything until a code signs in again', async () => {
  const own = createMockApi({ delayMs: 0, clock: () => NOW })
  const send = (method: string, body?: unknown) =>
    own(new Request(`http://mock${apiPath.session()}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }))
  await send('DELETE')
  expect((await own(new Request(`http://mock${apiPath.runs({})}`))).status).toBe(401)
  expect((await send('POST', { code: 'wrong' })).status).toBe(401)
  expect((await send('POST', { code: MOCK_CODE })).status).toBe(200)
  expect((await own(new Request(`http://mock${apiPath.runs({})}`))).status).toBe(200)
})
