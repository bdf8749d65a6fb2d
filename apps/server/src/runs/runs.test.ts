import { RunDetail, RunPage, type JournalRecord } from '@gatehouse/schema'
import { sampleBatches, sampleJob } from '@gatehouse/schema/testing'
import { encodeBatch, type BatchMeta } from '@gatehouse/schema/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { LOST_AFTER_US, sweepLost } from '../up.ts'

let server: TestServer
let clock = 1_795_348_800_000_000
beforeAll(async () => {
  server = await startTestServer(() => clock++)
})
afterAll(() => server?.stop())

/** Sends a whole job, or only its announcement. */
async function send(seed: number, options: { readonly repository?: string; readonly open?: boolean; readonly token?: string } = {}) {
  const { job, records } = sampleJob({ seed, events: 3, ...(options.repository === undefined ? {} : { repository: options.repository }) })
  const sent = options.open === true ? records.slice(0, 2) : records
  for (const batch of sampleBatches(job, sent, 5_000)) {
    const meta = { ...batch.meta, final: options.open !== true }
    const answer = await server.send({ meta, text: encodeBatch(meta, sent) }, options.token)
    if (answer.status !== 200) throw new Error(await answer.text())
  }
  return job
}
async function list(query = ''): Promise<RunPage> {
  return await server.person.get<RunPage>(`/v1/runs${query}`, RunPage)
}
function idsOf(page: RunPage): string[] {
  return page.items.map((item) => item.run.id)
}

describe('the list of runs', () => {
  test('is newest first and pages without repeating or skipping, also while runs arrive', async () => {
    const jobs = []
    for (let seed = 1; seed <= 23; seed++) jobs.push(await send(seed))
    const expected = jobs.map((job) => job.run.id).toReversed()
    const seen: string[] = []
    let next: string | undefined = ''
    for (let page = 0; next !== undefined; page++) {
      const found: RunPage = await list(`?limit=5${next === '' ? '' : `&before=${next}`}`)
      seen.push(...idsOf(found))
      next = found.next
      await send(100 + page)
    }
    expect(seen).toEqual(expected)
    // Each job is flushed to disk before the next is sent, which takes long on a busy machine.
  }, 60_000)
  test('finds by repository, workflow, job, actor and ref, whatever the case, and takes odd text as text', async () => {
    const job = await send(200, { repository: "Odd/100%_'quoted'" })
    for (const search of ['odd/', '100%_', "'QUOTED'", 'd/100%_']) {
      expect(idsOf(await list(`?search=${encodeURIComponent(search)}&limit=200`))).toEqual([job.run.id])
    }
    expect((await list('?search=octo&limit=200')).items.length).toBeGreaterThan(20)
    expect((await list('?search=refs/heads/main&limit=200')).items.length).toBeGreaterThan(20)
    expect((await list(`?search=${encodeURIComponent("' OR 1=1 --")}`)).items).toEqual([])
    expect((await list('?search=_ctop&limit=200')).items).toEqual([])
  })
  test('shows a job that fell silent as lost, and as running when it speaks again', async () => {
    const job = await send(300, { open: true })
    expect(idsOf(await list('?state=running'))).toEqual([job.run.id])
    clock += LOST_AFTER_US + 1_000
    let change = 1_000_000
    await sweepLost(server.running.context, () => change++)
    expect(idsOf(await list('?state=lost'))).toEqual([job.run.id])
    expect((await list('?state=running')).items).toEqual([])
    const meta: BatchMeta = { job: job.id, n: 2, clock: job.startedAt, agent: '0.1.0', final: false }
    await server.send({ meta, text: encodeBatch(meta, []) })
    expect(idsOf(await list('?state=running'))).toEqual([job.run.id])
    expect((await list('?state=finished&limit=200')).items.some((item) => item.run.id === job.run.id)).toBe(false)
  })
  test('does not show a job of which only later batches have come, and shows it when its announcement comes', async () => {
    const { job, records } = sampleJob({ seed: 400, events: 3 })
    const late: BatchMeta = { job: job.id, n: 2, clock: job.startedAt, agent: '0.1.0', final: false }
    await server.send({ meta: late, text: encodeBatch(late, records.slice(2, 6)) })
    expect((await server.person.fetch(`/v1/runs/${job.run.id}`)).status).toBe(404)
    const first: BatchMeta = { ...late, n: 1 }
    await server.send({ meta: first, text: encodeBatch(first, records.slice(0, 2)) })
    expect((await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)).jobs.length).toBe(1)
  })
  test('joins the jobs of a run: worst state, verdict and severity, largest exit code, all names', async () => {
    const one = sampleJob({ seed: 501, events: 2 })
    const two = sampleJob({ seed: 502, events: 2 })
    const second = { ...two.job, run: one.job.run, name: 'deploy', capture: { mode: 'degraded' as const, reasons: ['no BTF'] } }
    const records = two.records.map((record): JournalRecord => {
      if (record.record === 'job') return { record: 'job', schema: 1, job: second }
      if (record.record === 'end') return { record: 'end', end: Object.assign(record.end, { exitCode: 7, verdict: 'degraded' }) }
      return record
    })
    for (const [job, sent] of [
      [one.job, one.records],
      [second, records],
    ] as const) {
      for (const batch of sampleBatches(job, sent, 5_000)) await server.send(batch)
    }
    const { run, jobs } = await server.person.get<RunDetail>(`/v1/runs/${one.job.run.id}`, RunDetail)
    expect(run).toMatchObject({
      jobs: ['test', 'deploy'],
      exitCode: 7,
      verdict: 'degraded',
      captureMode: 'degraded',
      severity: 'high',
      state: 'finished',
    })
    expect(jobs.length).toBe(2)
    expect(idsOf(await list('?search=deploy'))).toEqual([one.job.run.id])
  })
  test('of one organization is empty for another', async () => {
    const other = await server.newOrganization('other')
    expect(await other.person.get<RunPage>('/v1/runs', RunPage)).toEqual({ items: [] })
    const job = await send(600, { token: other.token })
    expect(idsOf(await other.person.get<RunPage>('/v1/runs', RunPage))).toEqual([job.run.id])
    expect((await server.person.fetch(`/v1/runs/${job.run.id}`)).status).toBe(404)
  })
})
