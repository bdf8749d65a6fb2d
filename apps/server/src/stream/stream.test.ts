import { connect } from 'node:net'
import { RunChange } from '@gatehouse/schema'
import { sampleJob } from '@gatehouse/schema/testing'
import { validator } from '@gatehouse/schema/validate'
import { encodeBatch, type BatchMeta } from '@gatehouse/schema/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type Person, type TestServer } from '../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

const isChange = validator<RunChange>(RunChange)

/** A reader of /v1/stream that keeps what it got. */
function watch(person: Person, query = '', lastId?: number) {
  const abort = new AbortController()
  const got: { id: number; change: RunChange }[] = []
  const opened = person.fetch(`/v1/stream${query}`, {
    signal: abort.signal,
    ...(lastId === undefined ? {} : { headers: { 'last-event-id': String(lastId) } }),
  })
  const read = async (): Promise<void> => {
    const response = await opened
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const fields = Object.fromEntries(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => line.split(/: (.*)/s).slice(0, 2)),
        )
        text = text.slice(end + 2)
        if (fields.event !== 'run') continue
        const change: unknown = JSON.parse(fields.data)
        if (!isChange.check(change)) throw new Error(isChange.explain(change))
        got.push({ id: Number(fields.id), change })
      }
    }
  }
  read().catch(() => {})
  return { got, opened, close: () => abort.abort() }
}

/** A job that is sent batch by batch. */
function slowJob(seed: number, token?: string) {
  const { job, records } = sampleJob({ seed, events: 200 })
  let n = 0
  return {
    job,
    async next() {
      const meta: BatchMeta = { job: job.id, n: ++n, clock: job.startedAt, agent: '0.1.0', final: false }
      const answer = await server.send({ meta, text: encodeBatch(meta, records.slice((n - 1) * 20, n * 20)) }, token)
      expect(answer.status).toBe(200)
    },
  }
}

describe('the stream of changes', () => {
  test('tells of every job that changes, in order, with the totals already in place', async () => {
    const reader = watch(server.person)
    await reader.opened
    const job = slowJob(1)
    await job.next()
    await expect.poll(() => reader.got.length, { timeout: 15_000 }).toBe(1)
    expect(reader.got[0]?.change).toEqual({ run: job.job.run.id, job: job.job.id, seq: 16, state: 'running' })
    const detail = (await (await server.person.fetch(`/v1/runs/${job.job.run.id}`)).json()) as { run: { counts: { events: number } } }
    expect(detail.run.counts.events).toBe(16)
    await job.next()
    await expect.poll(() => reader.got.at(-1)?.change.seq, { timeout: 15_000 }).toBe(36)
    const ids = reader.got.map((entry) => entry.id)
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    reader.close()
  })
  test('resumes after what was seen, with the last change of each job', async () => {
    const first = slowJob(2)
    const second = slowJob(3)
    const before = watch(server.person)
    await before.opened
    await first.next()
    await expect.poll(() => before.got.length, { timeout: 15_000 }).toBeGreaterThan(0)
    const seen = before.got.at(-1)!.id
    before.close()
    await first.next()
    await first.next()
    await second.next()
    const after = watch(server.person, '', seen)
    await expect.poll(() => new Set(after.got.map((entry) => entry.change.job)).size, { timeout: 15_000 }).toBe(2)
    expect(after.got.findLast((entry) => entry.change.job === first.job.id)?.change.seq).toBe(56)
    after.close()
  })
  test('can be narrowed to a run', async () => {
    const [one, two] = [slowJob(4), slowJob(5)]
    const reader = watch(server.person, `?run=${two.job.run.id}`, 0)
    await reader.opened
    await one.next()
    await two.next()
    await expect.poll(() => reader.got.length, { timeout: 15_000 }).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(new Set(reader.got.map((entry) => entry.change.run))).toEqual(new Set([two.job.run.id]))
    reader.close()
  })
  test('never carries changes of another organization, live or resumed', async () => {
    const other = await server.newOrganization('other')
    const theirs = watch(other.person, '', 0)
    await theirs.opened
    await slowJob(6).next()
    const own = slowJob(7, other.token)
    await own.next()
    await expect.poll(() => theirs.got.length, { timeout: 15_000 }).toBeGreaterThan(0)
    expect(new Set(theirs.got.map((entry) => entry.change.job))).toEqual(new Set([own.job.id]))
    theirs.close()
  })
  test('does not let a reader that reads nothing hold memory or others up', async () => {
    const { port, host } = new URL(server.running.url)
    const stuck = connect(Number(port), '127.0.0.1')
    stuck.on('error', () => {})
    stuck.write(`GET /v1/stream HTTP/1.1\r\nHost: ${host}\r\nCookie: ${server.person.cookie}\r\n\r\n`)
    await new Promise((resolve) => stuck.once('data', resolve))
    stuck.pause()
    const { changes } = server.running.context
    const change: RunChange = { run: sampleJob({ seed: 1, events: 0 }).job.run.id, job: '', seq: 1, state: 'running' }
    const heap = process.memoryUsage().heapUsed
    for (let id = 1; id <= 100_000; id++) {
      changes.publish(1, { id, change: { ...change, job: `job-${id % 900}`, seq: id } })
      if (id % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(60_000_000)
    // Beyond the backlog the reader is cut off and has to come again.
    const gone = new Promise((resolve) => stuck.once('close', resolve))
    for (let id = 100_001; id <= 102_000; id++) changes.publish(1, { id, change: { ...change, job: `job-${id}` } })
    stuck.resume()
    await gone
  })
})
