import { HuntAnswer, Problem, type HuntRun, type JournalRecord } from '@gatehouse/schema'
import { sampleBatches, sampleJob } from '@gatehouse/schema/testing'
import { validator } from '@gatehouse/schema/validate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type Person, type TestServer } from '../testing/server.ts'
import { csvOf } from './export-hunt.ts'

const NEEDLE = 'needle.example.test'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  for (let seed = 1; seed <= 6; seed++) await send(seed, `acme/r${seed % 2}`, seed <= 4)
})
afterAll(() => server?.stop())

/** Sends a job whose last event, when `planted`, knows the needle. */
async function send(seed: number, repository: string, planted: boolean, token?: string) {
  const { job, records } = sampleJob({ seed, events: 200, repository, startedAt: 1_795_348_800_000_000 + seed * 86_400_000_000 })
  const extra: JournalRecord = {
    record: 'event',
    event: {
      kind: 'dns',
      op: 'query',
      seq: 201,
      time: job.startedAt + 5_000_000,
      step: 2,
      process: 9,
      exe: '/usr/bin/curl',
      transport: 'udp',
      server: '192.0.2.53',
      port: 53,
      id: 1,
      name: NEEDLE,
      type: 'A',
    },
  }
  const all = planted ? [...records.slice(0, -1), extra, ...records.slice(-1)] : records
  for (const batch of sampleBatches(job, all, 1_000)) expect((await server.send(batch, token)).status).toBe(200)
  return job
}

function post(path: string, body: unknown, person: Person = server.person): Promise<Response> {
  return fetch(server.running.url + path, {
    method: 'POST',
    headers: { cookie: person.cookie, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
const isAnswer = validator<HuntAnswer>(HuntAnswer)
async function hunt(body: unknown, person?: Person): Promise<HuntAnswer> {
  const response = await post('/v1/hunts', body, person)
  const answer: unknown = await response.json()
  if (response.status !== 200 || !isAnswer.check(answer))
    throw new Error(`${response.status} ${JSON.stringify(answer)} ${isAnswer.explain(answer)}`)
  return answer
}

describe('a hunt', () => {
  test.each([`domain:${NEEDLE}`, `domain:${NEEDLE} since:2020-01-01`])(
    'finds a planted needle everywhere it is and nowhere else: %s',
    async (query) => {
      const answer = await hunt({ query, samples: 2 })
      expect(answer.totals).toEqual({ runs: 4, events: 4 })
      expect(answer.runs.length).toBe(4)
      for (const run of answer.runs) {
        expect(run).toMatchObject({ announced: true, workflow: 'build', events: 1, placesOmitted: 0 })
        expect(run.places).toMatchObject([{ jobName: 'test', step: 2, first: run.first, last: run.last, events: 1 }])
        expect(run.samples.map((sample) => sample.event)).toMatchObject([{ kind: 'dns', name: NEEDLE, seq: 201 }])
      }
      expect(answer.byRepository.map(({ key, runs }) => [key, runs])).toEqual([
        ['acme/r0', 2],
        ['acme/r1', 2],
      ])
      expect(answer.byDay.map((day) => day.key)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'])
    },
  )

  test('says never seen only of what was never seen', async () => {
    expect((await hunt({ query: 'domain:other-needle.example.test' })).totals).toEqual({ runs: 0, events: 0 })
  })

  test('knows repository, step name and detection of what it finds, right after ingest', async () => {
    expect((await hunt({ query: `domain:${NEEDLE} repository:ACME/R1` })).totals.runs).toBe(2)
    expect((await hunt({ query: `domain:${NEEDLE} step:"npm ci"` })).totals.runs).toBe(4)
    expect((await hunt({ query: `domain:${NEEDLE} step:"npm test"` })).totals.runs).toBe(0)
    expect((await hunt({ query: 'detection:secret-file-read' })).totals.runs).toBe(6)
  })

  test('pages by cursor without repeating or skipping', async () => {
    const seen: string[] = []
    let after: string | undefined
    do {
      const page: HuntAnswer = await hunt({ query: 'exe:*', limit: 4, samples: 0, ...(after === undefined ? {} : { after }) })
      seen.push(...page.runs.map((run) => run.run))
      after = page.next
    } while (after !== undefined)
    expect(seen.length).toBe(6)
    expect(new Set(seen).size).toBe(6)
  })

  test('of one organization never sees another', async () => {
    const other = await server.newOrganization('hunting')
    const job = await send(50, 'acme/r1', true, other.token)
    const theirs = await hunt({ query: `domain:${NEEDLE}` }, other.person)
    expect(theirs.runs.map((run) => run.run)).toEqual([job.run.id])
    expect((await hunt({ query: `domain:${NEEDLE} since:2020-01-01` }, other.person)).totals.runs).toBe(1)
    expect((await hunt({ query: `job:${job.id}` })).totals.runs).toBe(0)
    expect((await hunt({ query: `not domain:${NEEDLE}` }, other.person)).totals).toEqual({ runs: 1, events: 200 })
  })

  test.each([
    ['domain:', 400, 'HUNT_INVALID'],
    ['(domain:a', 400, 'HUNT_INVALID'],
    ['x'.repeat(2_001), 400, 'REQUEST_INVALID'],
  ])('that cannot be read is refused with its place: %s', async (query, status, code) => {
    const response = await post('/v1/hunts', { query })
    const problem: unknown = await response.json()
    expect(validator<Problem>(Problem).check(problem)).toBe(true)
    expect(problem).toMatchObject({ status, code })
    if (code === 'HUNT_INVALID') expect(problem).toMatchObject({ detail: expect.stringContaining('at character') })
  })

  test('of the greatest length and number of terms is answered', async () => {
    const terms = Array.from({ length: 64 }, (_, index) => `path:*${String(index).padStart(2, '0')}😀%*`)
    expect((await hunt({ query: terms.join(' or ') })).totals.runs).toBe(0)
  })

  test('needs a session and no foreign origin', async () => {
    expect((await post('/v1/hunts', { query: 'exe:*' }, { ...server.person, cookie: '' })).status).toBe(401)
    expect(
      (await fetch(`${server.running.url}/v1/hunts`, { method: 'POST', headers: { authorization: `Bearer ${server.token}` } })).status,
    ).toBe(401)
  })
})

describe('an export', () => {
  test('is a CSV file of every place', async () => {
    const response = await post('/v1/hunts/export', { query: `domain:${NEEDLE}`, format: 'csv' })
    expect(response.headers.get('content-type')).toContain('text/csv')
    expect(response.headers.get('content-disposition')).toContain('attachment')
    const lines = (await response.text()).trimEnd().split('\r\n')
    expect(lines.length).toBe(5)
    expect(lines[1]).toMatch(/^"acme\/r0","build","[0-9a-f-]{36}","test","[0-9a-f-]{36}","2","2026-11-26T12:00:05\.000000Z",/)
  })
  test('or JSON', async () => {
    const response = await post('/v1/hunts/export', { query: `domain:${NEEDLE}`, format: 'json' })
    expect(await response.json()).toMatchObject({ query: `domain:${NEEDLE}`, runsOmitted: 0, totals: { runs: 4 } })
  })
  test.each(['=1+1', '+1', '-1', '@x', '\t=1', ' =1', '|x', '%x'])('never hands a formula to a spreadsheet: %j', (name) => {
    const id = '01890000-0000-7000-8000-000000000001'
    const place = { job: id, jobName: name, step: 1, first: 0, last: 0, events: 1 }
    const run: HuntRun = {
      run: id,
      announced: true,
      workflow: name,
      first: 0,
      last: 0,
      events: 1,
      places: [place],
      placesOmitted: 0,
      samples: [],
    }
    const cells = csvOf([run]).split('\r\n')[1]?.split(',')
    expect(cells?.[1]).toBe(`"'${name}"`)
    expect(cells?.[3]).toBe(`"'${name}"`)
  })
})
