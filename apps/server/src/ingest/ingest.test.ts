import { BatchAnswer, EventPage, Problem, RunDetail, type JournalRecord } from '@gatehouse/schema'
import { sampleBatches, sampleJob } from '@gatehouse/schema/testing'
import { validator } from '@gatehouse/schema/validate'
import { BATCH_LIMITS, encodeBatch, type BatchMeta } from '@gatehouse/schema/wire'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
let seed = 1_000
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.stop())

function freshJob(events: number, size = 1_000) {
  const { job, records } = sampleJob({ seed: seed++, events })
  return { job, records, batches: sampleBatches(job, records, size) }
}
function metaOf(job: string, n: number, final = false): BatchMeta {
  return { job, n, clock: 1_795_348_800_000_000, agent: '0.1.0', final }
}
function file(seq: number, path = '/a'): JournalRecord {
  return {
    record: 'event',
    event: { kind: 'file', op: 'write', seq, time: 1_795_348_800_000_000, step: 1, process: 1, exe: '/bin/sh', path },
  }
}
const isProblem = validator<Problem>(Problem)
async function problem(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const body: unknown = await response.json()
  if (!isProblem.check(body)) throw new Error(isProblem.explain(body))
  expect(body.status).toBe(response.status)
  return body
}
const isAnswer = validator<BatchAnswer>(BatchAnswer)
async function answer(response: Response): Promise<BatchAnswer> {
  const body: unknown = await response.json()
  if (response.status !== 200 || !isAnswer.check(body)) throw new Error(`${response.status} ${JSON.stringify(body)}`)
  return body
}
async function seqsOf(job: string): Promise<number[]> {
  const page = await server.person.get<EventPage>(`/v1/jobs/${job}/events?limit=10000`, EventPage)
  return page.items.map((event) => event.seq)
}

describe('a job that is sent', () => {
  test('can be read back: run, steps, findings, totals and every event as it was', async () => {
    const { job, records, batches } = freshJob(2_500)
    for (const batch of batches) expect(await answer(await server.send(batch))).toMatchObject({ rejected: 0, duplicate: false })
    const events = records.flatMap((record) => (record.record === 'event' ? [record.event] : []))
    const page = await server.person.get<EventPage>(`/v1/jobs/${job.id}/events?limit=10000`, EventPage)
    expect(page.items).toEqual(events)

    await expect
      .poll(async () => (await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)).run.counts.events, { timeout: 15_000 })
      .toBe(2_500)
    const detail = await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)
    expect(detail.run).toMatchObject({
      run: job.run,
      state: 'finished',
      verdict: 'complete',
      exitCode: 0,
      severity: 'high',
      jobs: ['test'],
    })
    expect(detail.jobs[0]?.summary.job).toEqual(job)
    expect(detail.jobs[0]?.steps.map((step) => [step.name, step.exitCode])).toEqual([
      ['Check out', 0],
      ['npm ci', 0],
      ['npm test', 0],
    ])
    expect(detail.jobs[0]?.findings.length).toBe(1)
    const destinations = new Set(
      events.flatMap((event) => (event.kind === 'network' && event.op === 'connect' ? [`${event.ip} ${event.port}`] : [])),
    )
    expect(detail.run.counts.destinations).toBe(destinations.size)
  })

  test.each([
    ['zstd', (text: string) => zstdCompressSync(text)],
    ['gzip', (text: string) => gzipSync(text)],
    ['identity', (text: string) => Buffer.from(text)],
  ])('may be encoded as %s, and is the same batch in each', async (encoding, compress) => {
    const { job, batches } = freshJob(10)
    const [batch] = batches
    const response = await server.post(`/v1/jobs/${job.id}/batches/1`, compress(batch!.text), headers({ 'content-encoding': encoding }))
    expect((await answer(response)).accepted).toBe(batch!.text.split('\n').length - 2)
    expect((await answer(await server.send(batch!))).duplicate).toBe(true)
  })

  test('may come in any order; what is missing is shown until it comes', async () => {
    const { job, records, batches } = freshJob(3_000)
    await answer(await server.send(batches[3]!))
    await answer(await server.send(batches[0]!))
    const before = await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)
    expect(before.jobs[0]?.summary.missingBatches).toBe(2)
    await answer(await server.send(batches[2]!))
    await answer(await server.send(batches[1]!))
    const after = await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)
    expect(after.jobs[0]?.summary.missingBatches).toBeUndefined()
    expect(after.jobs[0]?.steps.every((step) => step.exitCode === 0)).toBe(true)
    expect((await seqsOf(job.id)).length).toBe(records.filter((record) => record.record === 'event').length)
  })
})

describe('one batch', () => {
  test('that is sent ten times at once is taken once', async () => {
    const { job, batches } = freshJob(500)
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.send(batches[0]!).then(answer)))
    expect(answers.filter((entry) => !entry.duplicate).length).toBe(1)
    expect(new Set(answers.map((entry) => entry.accepted)).size).toBe(1)
    expect(await seqsOf(job.id)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  })
  test('that contradicts another of its number is refused, at once and later, and changes nothing', async () => {
    const { job } = freshJob(1)
    const one = { meta: metaOf(job.id, 1), text: encodeBatch(metaOf(job.id, 1), [file(1, '/one')]) }
    const two = { meta: metaOf(job.id, 1), text: encodeBatch(metaOf(job.id, 1), [file(1, '/two')]) }
    const together = await Promise.all([server.send(one), server.send(two)])
    expect(together.map((response) => response.status).toSorted((a, b) => a - b)).toEqual([200, 409])
    const winner = together[0]?.status === 200 ? one : two
    const loser = winner === one ? two : one
    expect((await problem(await server.send(loser))).code).toBe('BATCH_DIFFERS')
    expect(await answer(await server.send(winner))).toMatchObject({ duplicate: true, accepted: 1 })
    expect((await seqsOf(job.id)).length).toBe(1)
  })
  test('in which one record of a hundred is bad loses that one, says which, and says so again when it is repeated', async () => {
    const { job, batches } = freshJob(1_000, 5_000)
    const lines = batches[0]!.text.trimEnd().split('\n')
    const bad = lines.flatMap((_, index) => (index > 0 && index % 100 === 50 ? [index] : []))
    for (const index of bad) lines[index] = '{"k":1,"s":"x"}'
    const batch = { meta: batches[0]!.meta, text: `${lines.join('\n')}\n` }
    for (const duplicate of [false, true]) {
      const given = await answer(await server.send(batch))
      expect(given).toMatchObject({ rejected: bad.length, accepted: lines.length - 1 - bad.length, duplicate })
      expect(given.rejections.map((rejection) => rejection.line)).toEqual(bad.map((index) => index + 1))
    }
    expect((await seqsOf(job.id)).length).toBe(1_000 - bad.length)
    const detail = await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)
    expect(detail.jobs[0]?.summary.rejectedRecords).toBe(bad.length)
  })
  test('cannot rewrite an event that an earlier batch told', async () => {
    const { job } = freshJob(1)
    const first = metaOf(job.id, 1)
    const second = metaOf(job.id, 2)
    await answer(await server.send({ meta: first, text: encodeBatch(first, [file(1, '/truth'), file(2), file(4)]) }))
    const given = await answer(await server.send({ meta: second, text: encodeBatch(second, [file(1, '/lie'), file(3), file(3), file(0)]) }))
    expect(given).toMatchObject({ accepted: 1, rejected: 3 })
    expect(given.rejections[0]?.reason).toContain('seq 1')
    const page = await server.person.get<EventPage>(`/v1/jobs/${job.id}/events`, EventPage)
    expect(page.items.map((event) => (event.kind === 'file' ? [event.seq, event.path] : []))).toEqual([
      [1, '/truth'],
      [2, '/a'],
      [3, '/a'],
      [4, '/a'],
    ])
  })
  test('that overlaps thousands of events of earlier ones adds exactly those that are new', async () => {
    const { job } = freshJob(1)
    const odd = Array.from({ length: 5_000 }, (_, index) => file(1_000_000_000_001 + index * 2, '/odd'))
    const both = Array.from({ length: 5_000 }, (_, index) => file(1_000_000_000_001 + index, '/both'))
    const first = metaOf(job.id, 1)
    const second = metaOf(job.id, 2)
    await answer(await server.send({ meta: first, text: encodeBatch(first, odd) }))
    const given = await answer(await server.send({ meta: second, text: encodeBatch(second, both) }))
    expect(given).toMatchObject({ accepted: 2_500, rejected: 2_500 })
    expect((await seqsOf(job.id)).length).toBe(7_500)
  })
  test('cannot announce another job, nor announce or end this one twice in different ways', async () => {
    const { job, records } = freshJob(1)
    const end = records.find((record) => record.record === 'end')!
    const first = metaOf(job.id, 1)
    await answer(await server.send({ meta: first, text: encodeBatch(first, [records[0]!, end]) }))
    const second = metaOf(job.id, 2)
    const lies: JournalRecord[] = [
      { record: 'job', schema: 1, job: { ...job, id: sampleJob({ seed: 1, events: 0 }).job.id } },
      { record: 'job', schema: 1, job: { ...job, name: 'other' } },
      { record: 'end', end: { ...(end.record === 'end' ? end.end : undefined)!, exitCode: 9 } },
      records[0]!,
    ]
    expect(await answer(await server.send({ meta: second, text: encodeBatch(second, lies) }))).toMatchObject({ accepted: 1, rejected: 3 })
    const detail = await server.person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)
    expect(detail.jobs[0]?.summary).toMatchObject({ job, end: { exitCode: 0 } })
  })
  test('after the last one is refused, one before it is not', async () => {
    const { job } = freshJob(1)
    const send = (n: number, final: boolean) =>
      server.send({ meta: metaOf(job.id, n, final), text: encodeBatch(metaOf(job.id, n, final), [file(n)]) })
    await answer(await send(3, true))
    expect((await problem(await send(4, false))).code).toBe('JOB_ENDED')
    await answer(await send(2, false))
  })
})

describe('organizations', () => {
  test('share nothing, even when both use the same job and run ids', async () => {
    const other = await server.newOrganization('other')
    const { job, batches } = freshJob(300, 5_000)
    await answer(await server.send(batches[0]!))
    expect((await other.person.fetch(`/v1/runs/${job.run.id}`)).status).toBe(404)
    expect((await other.person.fetch(`/v1/jobs/${job.id}/events`)).status).toBe(404)
    const mine = metaOf(job.id, 1)
    expect((await answer(await server.send({ meta: mine, text: encodeBatch(mine, [file(1, '/theirs')]) }, other.token))).duplicate).toBe(
      false,
    )
    const theirs = await other.person.get<EventPage>(`/v1/jobs/${job.id}/events`, EventPage)
    expect(theirs.items.length).toBe(1)
    expect((await seqsOf(job.id)).length).toBe(300)
    expect(await other.person.get('/v1/runs', RunDetail).catch((error: unknown) => String(error))).toContain('schema')
    expect(await (await other.person.fetch('/v1/runs')).json()).toEqual({ items: [] })
  })
})

function headers(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { authorization: `Bearer ${server.token}`, 'content-type': 'application/x-ndjson', ...more }
}

describe('a batch is refused as a whole, with a precise error, when', () => {
  const job = '01890000-0000-7000-8000-00000000000f'
  const good = encodeBatch(metaOf(job, 1), [file(1)])
  const path = `/v1/jobs/${job}/batches/1`
  const zeros = Buffer.alloc(64 * 1_048_576)
  const cases: readonly (readonly [string, number, string, () => readonly [string, Uint8Array | string, Record<string, string>]])[] = [
    ['there is no token', 401, 'TOKEN_INVALID', () => [path, good, { 'content-type': 'application/x-ndjson' }]],
    ['the token is not known', 401, 'TOKEN_INVALID', () => [path, good, headers({ authorization: `Bearer gatehouse_${'A'.repeat(43)}` })]],
    ['the token is of another kind', 401, 'TOKEN_INVALID', () => [path, good, headers({ authorization: `Basic ${server.token}` })]],
    [
      'a session is sent for a token',
      401,
      'TOKEN_INVALID',
      () => [path, good, { cookie: server.person.cookie, 'content-type': 'application/x-ndjson' }],
    ],
    ['the content type is JSON', 415, 'MEDIA_TYPE_UNSUPPORTED', () => [path, '{}', headers({ 'content-type': 'application/json' })]],
    ['the content type is another', 415, 'MEDIA_TYPE_UNSUPPORTED', () => [path, good, headers({ 'content-type': 'text/plain' })]],
    ['the encoding is not known', 415, 'MEDIA_TYPE_UNSUPPORTED', () => [path, good, headers({ 'content-encoding': 'br' })]],
    ['the body is not what its encoding says', 400, 'BATCH_MALFORMED', () => [path, good, headers({ 'content-encoding': 'zstd' })]],
    [
      'the compressed body is cut',
      400,
      'BATCH_MALFORMED',
      () => [path, gzipSync(good).subarray(0, 40), headers({ 'content-encoding': 'gzip' })],
    ],
    ['it is not a batch', 400, 'BATCH_MALFORMED', () => [path, 'hello', headers()]],
    ['it is empty', 400, 'BATCH_MALFORMED', () => [path, '\n', headers()]],
    ['its header is of another job', 400, 'BATCH_MISADDRESSED', () => [path, good.replace('00000f', '00000e'), headers()]],
    ['its header is of another number', 400, 'BATCH_MISADDRESSED', () => [`/v1/jobs/${job}/batches/2`, good, headers()]],
    ['the job in the address is no id', 400, 'REQUEST_INVALID', () => ['/v1/jobs/..%2f..%2fetc/batches/1', good, headers()]],
    ['the number in the address is no number', 400, 'REQUEST_INVALID', () => [`/v1/jobs/${job}/batches/1e3`, good, headers()]],
    ['the number in the address is zero', 400, 'REQUEST_INVALID', () => [`/v1/jobs/${job}/batches/0`, good, headers()]],
    ['it speaks another version', 422, 'SCHEMA_UNSUPPORTED', () => [path, good.replace('"v":1', '"v":9'), headers()]],
    ['it is larger than allowed', 413, 'BODY_TOO_LARGE', () => [path, Buffer.alloc(BATCH_LIMITS.sentBytes + 1), headers()]],
    ['it is a gzip bomb', 413, 'BATCH_TOO_LARGE', () => [path, gzipSync(zeros), headers({ 'content-encoding': 'gzip' })]],
    ['it is a zstd bomb', 413, 'BATCH_TOO_LARGE', () => [path, zstdCompressSync(zeros), headers({ 'content-encoding': 'zstd' })]],
    ['it promises too many records', 413, 'BATCH_TOO_LARGE', () => [path, good.replace('"count":1', '"count":5001'), headers()]],
    ['it has fewer records than it promises', 400, 'BATCH_MALFORMED', () => [path, good.replace('"count":1', '"count":2'), headers()]],
  ]
  test.each(cases)('%s (%i %s)', async (_, status, code, request) => {
    const found = await problem(await server.post(...request()))
    expect([found.status, found.code]).toEqual([status, code])
    expect(found.detail?.length).toBeGreaterThan(10)
  })
  test('and none of that left a trace of the job', async () => {
    expect((await server.person.fetch(`/v1/jobs/${job}/events`)).status).toBe(404)
  })
})

describe('text from a hostile job', () => {
  test('comes back as it was and breaks nothing', async () => {
    const { job } = freshJob(1)
    const paths = [
      "/'; DROP TABLE events; --",
      '/\\',
      '/\0',
      '/\n{"k":1}',
      '/\u2028',
      '/{org:UInt32}',
      '/\ufffd',
      '/</script><script>',
      '/FORMAT JSONEachRow',
      '/%',
      '/😀',
      '/\t\\N',
    ]
    const meta = metaOf(job.id, 1)
    const sent = paths.map((path, index) => file(index + 1, path))
    await answer(await server.send({ meta, text: encodeBatch(meta, sent) }))
    const page = await server.person.get<EventPage>(`/v1/jobs/${job.id}/events`, EventPage)
    expect(page.items.map((event) => (event.kind === 'file' ? event.path : ''))).toEqual(paths)
  })
})
