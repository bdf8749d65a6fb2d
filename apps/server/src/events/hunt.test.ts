/* Hunts against a naive oracle: the same random data in memory, the same trees, every answer compared in full. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ActionRef, Event, Finding, Job, Step } from '@gatehouse/schema'
import { matchHunt, parseHunt, printHunt, type HuntContext, type HuntExpression } from '@gatehouse/schema/hunt'
import { randomOf, sampleJob, type Random } from '@gatehouse/schema/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { factsOf } from './facts.ts'
import { rowHead, toRow } from './row.ts'
import { openEventStore, type EventStore } from './store.ts'
import { superviseStore, type StoreProcess } from './supervisor.ts'

const NOW = 1_795_348_800_000_000
const DAY = 86_400_000_000
const DOMAINS = ['a.example.test', 'b.a.example.test', 'example.test', 'ODD_%.example.test', 'x"\\\n\'.test']
const ADDRESSES = ['192.0.2.1', '192.0.2.200', '198.51.100.7', '2001:db8::1', '2001:db8:ffff::2']
const PATHS = ['/etc/passwd', '/home/r/.ssh/id_rsa', '/tmp/a b', '/tmp/100%_\\x', '/tmp/tab\there', '/tmp/ünïcode/😀', "/q'uote"]
const PROGRAMS = ['/usr/bin/node', '/tmp/evil', '/usr/bin/curl', '']
const HASHES = ['ab'.repeat(32), 'cd'.repeat(32)]
const ACTIONS: readonly ActionRef[] = [
  { repository: 'Acme/Tools', path: 'setup', ref: 'V1' },
  { repository: 'acme/tools', ref: 'v2' },
  { repository: 'actions/checkout', ref: 'main' },
]
const DETECTIONS = ['secret-file-read', 'new-destination']
const REPOSITORIES = ['acme/one', 'Acme/two', 'other/three', undefined]

interface Placed {
  readonly org: number
  readonly job: Job
  readonly announced: boolean
  readonly steps: readonly Step[]
  readonly findings: readonly Finding[]
  readonly events: readonly Event[]
}

let folder: string
let worker: StoreProcess
let store: EventStore
const world = Array.from({ length: 30 }, (_, index) => randomJob(randomOf(index + 1), index))

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gh-hunt-'))
  worker = await superviseStore(join(folder, 'events'), silentLog())
  store = await openEventStore({ socket: worker.socket })
  for (const { org, job, announced, steps, findings, events } of world) {
    const context = { org, job: job.id, week: '2026-11-16' }
    const rows = events.map((event) => toRow(rowHead(context), event))
    const facts = factsOf(context, { ...(announced ? { job } : {}), steps, findings })
    await store.insert(rows, facts)
  }
}, 60_000)
afterAll(async () => {
  await store?.close()
  await worker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const NAMED = [
  'domain:a.example.test',
  'domain:A.EXAMPLE.test',
  'domain:*.example.test',
  'domain:odd_%.example.test',
  'domain:"x\\"\\\\\n\'.test"',
  'domain:*',
  'not domain:*',
  'domain:never.example.test',
  'domain:a.example.test or domain:example.test',
  'domain:*.example.test domain:b*',
  'domain:a.example.test and repository:acme/*',
  'domain:a.example.test since:1d',
  'host:*.example.test',
  'ip:192.0.2.1',
  'ip:192.0.2.0/24',
  'ip:2001:db8::/33',
  'ip:::/0',
  'not ip:0.0.0.0/0',
  'port:443',
  'port:1-100 or port:8080',
  'path:/etc/passwd',
  'path:"/tmp/100%_\\\\x"',
  'path:/tmp/*',
  'path:*ssh*',
  'path:*there',
  'path:*b',
  'path:/renamed/*',
  'path:*😀*',
  "path:/q'uote",
  'url:*/upload',
  'argv:curl',
  'argv:"--flag x"',
  'argv:%',
  'argv:\\\\',
  'exe:/tmp/evil',
  'exe:*/curl port:443',
  'exe:*',
  'not exe:*',
  `sha256:${'ab'.repeat(32)}`,
  'action:acme/tools',
  'action:acme/tools@V1',
  'action:acme/tools@v1',
  'action:acme/tools/setup@V1',
  'action:acme/* and not detection:*',
  'detection:secret-file-read',
  'detection:secret-file-read and detection:new-destination',
  'repository:acme/*',
  'not repository:*',
  'workflow:build',
  'job:test',
  'step:2',
  'step:"npm ci"',
  'step:npm*',
  'kind:dns',
  'op:exec or op:connect',
  'verdict:blocked',
  'since:2026-11-22 until:2026-11-22T06:00',
  'kind:file and kind:dns',
  '(domain:*.test and port:443) or (path:*ssh* and not exe:/usr/bin/node)',
]

describe('a hunt answers what the oracle answers', () => {
  test.each(NAMED)('%s', async (text) => {
    await compare(parsed(text))
  })

  test('for random trees of such terms', async () => {
    const random = randomOf(99)
    for (let round = 0; round < 60; round++) await compare(randomTree(random, 3))
  }, 120_000)

  test('also when events were written twice', async () => {
    const [first] = world
    const context = { org: first!.org, job: first!.job.id, week: '2026-11-16' }
    const rows = first!.events.map((event) => toRow(rowHead(context), event))
    await store.insert(rows)
    // Asked so that the roll-up cannot answer: it counts what was written twice as seen twice, and says so in its description.
    await compare(parsed('exe:* kind:process'))
    await compare(parsed('path:*'))
  })
})

test('a simple value is answered from sightings, anything else from events', async () => {
  for (const text of ['domain:a.test', 'ip:192.0.2.0/24 action:acme/*', 'repository:x', 'exe:/a or exe:/b', 'not detection:x'])
    expect(await sourceOf(text)).toBe('sightings')
  for (const text of ['not domain:a.test', 'path:/a', 'domain:a port:1', 'exe:/a since:1d', 'domain:a or ip:192.0.2.1'])
    expect(await sourceOf(text)).toBe('events')
})

test('pages give every run once, newest sighting first', async () => {
  const expression = parsed('exe:*')
  const whole = await hunt(1, expression)
  const seen: string[] = []
  let after: { readonly last: number; readonly run: string } | undefined
  for (let more = true; more;) {
    const page = await store.hunt(1, { expression, limit: 3, samples: 0, ...(after === undefined ? {} : { after }) })
    expect(page.totals).toEqual(whole.totals)
    seen.push(...page.runs.map((run) => run.run))
    const last = page.runs.at(-1)
    if (last !== undefined) after = { last: last.last, run: last.run }
    more = page.more
  }
  expect(seen).toEqual(whole.runs.map((run) => run.run))
  expect(seen.length).toBe(whole.totals.runs)
})

test('samples are events that match, of the organization that asks', async () => {
  const expression = parsed('domain:*.example.test')
  const { runs } = await store.hunt(1, { expression, limit: 100, samples: 2 })
  const all = new Map(world.filter((placed) => placed.org === 1).map((placed) => [placed.job.id, placed]))
  expect(runs.length).toBeGreaterThan(3)
  for (const run of runs) {
    expect(run.samples.length).toBeGreaterThan(0)
    for (const { job, event } of run.samples) {
      const placed = all.get(job)
      expect(placed?.events).toContainEqual(event)
      expect(matchHunt(expression, event, contextOf(placed!, event))).toBe(true)
    }
  }
})

function parsed(text: string): HuntExpression {
  const result = parseHunt(text, NOW)
  if (!result.ok) throw new Error(`${text}: ${result.message}`)
  return result.expression
}
async function sourceOf(text: string): Promise<string> {
  return (await hunt(1, parsed(text))).source
}
function hunt(org: number, expression: HuntExpression) {
  return store.hunt(org, { expression, limit: 10_000, samples: 0 })
}

/** Asks the store and the oracle, for both organizations, and compares runs, places, totals and counts. */
async function compare(expression: HuntExpression): Promise<void> {
  for (const org of [1, 2]) {
    const found = await hunt(org, expression)
    const expected = oracle(org, expression)
    const runs = found.runs.map(({ run, announced, repository, events, first, last, places }) => ({
      run,
      announced,
      repository,
      events,
      first,
      last,
      places: places.map((place) => `${place.job} ${place.step} ${place.jobName} ${place.events} ${place.first} ${place.last}`).toSorted(),
    }))
    expect({ query: printHunt(expression), org, runs }).toEqual({ query: printHunt(expression), org, runs: expected })
    const total = expected.reduce((sum, run) => sum + run.events, 0)
    expect(found.totals).toEqual({ runs: expected.length, events: total })
    expect(found.byDay.reduce((sum, day) => sum + day.events, 0)).toBe(total)
    expect(found.byDay.map((day) => day.key)).toEqual(
      [...new Set(expected.map((run) => new Date(run.first / 1_000).toISOString().slice(0, 10)))].toSorted(),
    )
    const repositories = found.byRepository.map(({ key, runs: count }) => `${key} ${count}`)
    expect(repositories.toSorted()).toEqual(
      [...new Set(expected.map((run) => run.repository))]
        .map((key) => `${key} ${expected.filter((run) => run.repository === key).length}`)
        .toSorted(),
    )
  }
}

function oracle(org: number, expression: HuntExpression) {
  const runs = new Map<string, { readonly placed: Placed; readonly hits: { readonly job: Placed; readonly event: Event }[] }>()
  for (const placed of world) {
    if (placed.org !== org) continue
    for (const event of placed.events) {
      if (!matchHunt(expression, event, contextOf(placed, event))) continue
      const run = placed.announced ? placed.job.run.id : placed.job.id
      const entry = runs.get(run) ?? { placed, hits: [] }
      runs.set(run, entry)
      entry.hits.push({ job: placed, event })
    }
  }
  return [...runs]
    .map(([run, { placed, hits }]) => {
      const places = new Map<string, number[]>()
      for (const { job, event } of hits) {
        const key = `${job.job.id} ${event.step} ${job.announced ? job.job.name : ''}`
        places.set(key, [...(places.get(key) ?? []), event.time])
      }
      const times = hits.map(({ event }) => event.time)
      return {
        run,
        announced: placed.announced,
        repository: placed.announced ? (placed.job.run.repository ?? '') : '',
        events: hits.length,
        first: Math.min(...times),
        last: Math.max(...times),
        places: [...places].map(([key, list]) => `${key} ${list.length} ${Math.min(...list)} ${Math.max(...list)}`).toSorted(),
      }
    })
    .toSorted((a, b) => b.last - a.last || (a.run < b.run ? 1 : -1))
}

function contextOf({ job, announced, steps, findings }: Placed, event: Event): HuntContext {
  const step = steps.find((one) => one.number === event.step)
  return {
    job: job.id,
    detections: findings.filter((finding) => finding.step === event.step).map((finding) => finding.detection),
    ...(announced ? { run: job.run.id, workflow: job.run.workflow ?? '', jobName: job.name } : {}),
    ...(announced && job.run.repository !== undefined ? { repository: job.run.repository } : {}),
    ...(step === undefined ? {} : { stepName: step.name }),
    ...(step?.action === undefined ? {} : { action: step.action }),
  }
}

function randomJob(random: Random, index: number): Placed {
  const startedAt = NOW - random.below(40) * (DAY / 10)
  const { job, records } = sampleJob({ seed: index + 500, events: 40, startedAt })
  const repository = random.of(REPOSITORIES)
  const { repository: _, ...run } = job.run
  const named: Job = { ...job, name: random.of(['test', 'build']), run: { ...run, ...(repository === undefined ? {} : { repository }) } }
  const steps = records.flatMap((record) => (record.record === 'step' && record.step.finishedAt === undefined ? [record.step] : []))
  const findings = records.flatMap((record) => (record.record === 'finding' ? [record.finding] : []))
  return {
    org: 1 + random.below(2),
    job: named,
    announced: index % 7 !== 0,
    steps: steps.map((step) => (random.below(2) === 0 ? step : Object.assign({ action: random.of(ACTIONS) }, step))),
    findings: findings.flatMap((finding) =>
      DETECTIONS.flatMap((detection) => (random.below(3) === 0 ? [{ ...finding, detection, step: random.below(4) }] : [])),
    ),
    events: records.flatMap((record) => (record.record === 'event' ? [vary(random, record.event)] : [])),
  }
}

/** The event with values from small pools, so that random queries find something, and odd ones. */
function vary(random: Random, event: Event): Event {
  const exe = random.of(PROGRAMS)
  switch (event.kind) {
    case 'process':
      return {
        ...event,
        exe,
        argv: [random.of(['curl', 'sh', '50%']), '--flag', random.of(['x', 'y z', '\\', '"', '\n'])],
        ...(random.below(2) === 0 ? {} : { sha256: random.of(HASHES) }),
      }
    case 'file':
      return { ...event, exe, path: random.of(PATHS), ...(event.op === 'rename' ? { to: `/renamed/${random.of(['b', 'ü"\\', ''])}` } : {}) }
    case 'network': {
      const { domain: _, ...rest } = event
      const known = random.below(3) > 0 ? { domain: random.of(DOMAINS) } : {}
      return {
        ...rest,
        exe,
        ip: random.of(ADDRESSES),
        port: random.of([443, 80, 8080]),
        verdict: random.of(['observed', 'blocked']),
        ...known,
      }
    }
    case 'dns':
      return { ...event, exe, name: random.of(DOMAINS), server: random.of(ADDRESSES) }
    case 'http':
      return { ...event, exe, host: random.of(DOMAINS), ip: random.of(ADDRESSES) }
    default:
      return event
  }
}

function randomTree(random: Random, depth: number): HuntExpression {
  const roll = depth === 0 ? 9 : random.below(10)
  if (roll < 5) return { type: roll < 3 ? 'and' : 'or', items: [randomTree(random, depth - 1), randomTree(random, depth - 1)] }
  if (roll === 5) return { type: 'not', item: randomTree(random, depth - 1) }
  return parsed(random.of(NAMED))
}
