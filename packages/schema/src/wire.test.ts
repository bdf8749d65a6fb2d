import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateWire } from '../../../tools/generate-wire.ts'
import { readFileSync } from 'node:fs'
import { Event, Finding, Job, JobEnd, Step, type JournalRecord } from './index.ts'
import { arbitraryOf } from './testing/arbitrary.ts'
import { sampleJob } from './testing/index.ts'
import { decodeBatch } from './validate.ts'
import { BATCH_LIMITS, encodeBatch, type BatchMeta } from './wire.ts'
import { WIRE_KEYS } from './wire-keys.ts'

const META: BatchMeta = { job: '01890000-0000-7000-8000-000000000001', n: 1, clock: 1_795_348_800_000_000, agent: '0.1.0', final: false }

function decoded(text: string) {
  const result = decodeBatch(text)
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`)
  return result.batch
}
function faulty(text: string) {
  const result = decodeBatch(text)
  if (result.ok) throw new Error('was read')
  return result
}
/** A sample batch whose lines may be tampered with. */
function tampered(change: (lines: string[]) => void): string {
  const lines = encodeBatch(META, sampleJob({ seed: 1, events: 20 }).records)
    .trimEnd()
    .split('\n')
  change(lines)
  return `${lines.join('\n')}\n`
}

describe('the key table', () => {
  test('gives no key twice and names no field twice', () => {
    expect(new Set(WIRE_KEYS.map(([, key]) => key)).size).toBe(WIRE_KEYS.length)
    expect(new Set(WIRE_KEYS.map(([name]) => name)).size).toBe(WIRE_KEYS.length)
  })
  test('keeps every key that was ever released', () => {
    // The hash is of the entries that version 1 shipped with. Append new ones after them; never change this line.
    const released = JSON.stringify(WIRE_KEYS.slice(0, 106))
    expect(createHash('sha256').update(released).digest('hex')).toBe('f68ca8174f43bc1b6656a7e255462b716526634891573fead7a761747aedb049')
  })
  test('and the schemas give exactly the committed codec', async () => {
    const committed = readFileSync(new URL('wire.generated.ts', import.meta.url), 'utf8')
    expect([...(await generateWire()).values()]).toEqual([committed])
  })
})

describe('a batch', () => {
  const record: fc.Arbitrary<JournalRecord> = fc.oneof(
    arbitraryOf<Event>(Event).map((event) => ({ record: 'event' as const, event })),
    arbitraryOf<Job>(Job).map((job) => ({ record: 'job' as const, schema: 1 as const, job })),
    arbitraryOf<Step>(Step).map((step) => ({ record: 'step' as const, step })),
    arbitraryOf<Finding>(Finding).map((finding) => ({ record: 'finding' as const, finding })),
    arbitraryOf<JobEnd>(JobEnd).map((end) => ({ record: 'end' as const, end })),
  )
  test('gives back exactly the records that were put in, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const batch = decoded(encodeBatch(META, records))
        expect(batch.rejections).toEqual([])
        expect(batch.records.map((entry) => entry.record)).toEqual(records)
        expect(batch.unknownFields).toBe(0)
      }),
      { numRuns: 300 },
    )
  })
  test('may be empty, which says the job is alive', () => {
    expect(decoded(encodeBatch(META, [])).records).toEqual([])
  })
  test('that was cut short or has a line too many is refused as a whole', () => {
    expect(faulty(tampered((lines) => lines.pop())).code).toBe('BATCH_MALFORMED')
    expect(faulty(tampered((lines) => lines.push('{}'))).code).toBe('BATCH_MALFORMED')
  })
  test('of another version of the language is refused by that name', () => {
    const text = tampered((lines) => (lines[0] = JSON.stringify({ v: 2, whatever: true })))
    expect(faulty(text)).toMatchObject({ code: 'SCHEMA_UNSUPPORTED' })
  })
  test('with more records than the limit is refused, however they are counted', () => {
    const header = { v: 1, job: META.job, n: 1, seq0: 0, count: BATCH_LIMITS.records + 1, clock: META.clock, agent: 'x', final: false }
    expect(faulty(`${JSON.stringify(header)}\n`).code).toBe('BATCH_TOO_LARGE')
    expect(faulty(`${JSON.stringify({ ...header, count: 5_000 })}\n${'{}\n'.repeat(6_000)}`).code).toBe('BATCH_MALFORMED')
  })
  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['cut off', '{'],
    ['empty', '{}'],
    ['of a version that is no number', '{"v":"1"}'],
    ['endless', `{"v":1,"x":"${'y'.repeat(5_000)}"}`],
  ])('whose header is %s is refused', (_, header) => {
    expect(faulty(`${header}\n`).code).toBe('BATCH_MALFORMED')
  })
  test('keeps what it understands of a newer sender and counts what it does not', () => {
    const text = tampered((lines) => {
      lines[0] = lines[0]!.replace('{', '{"zone":"x",')
      lines[3] = lines[3]!.replace('{', '{"zz1":1,"zz2":{"deep":true},')
    })
    const batch = decoded(text)
    expect(batch.rejected).toBe(0)
    expect(batch.unknownFields).toBe(3)
  })
})

describe('a hostile line costs itself and nothing else', () => {
  test.each([
    ['no JSON', '{"k":1'],
    ['not an object', '[1]'],
    ['an empty line', ''],
    ['an unknown kind', '{"k":99}'],
    ['an unknown record', '{"r":77}'],
    ['a record by a name of Object', '{"r":"constructor"}'],
    ['a number where text is due', '{"k":2,"s":1,"t":1,"S":0,"p":0,"x":"/x","o":"write","n":5}'],
    ['a seq that is no number', '{"k":2,"s":"1","t":1,"S":0,"p":0,"x":"/x","o":"write","n":"/y"}'],
    ['a time before 1970', '{"k":2,"s":1,"t":-1e300,"S":0,"p":0,"x":"/x","o":"write","n":"/y"}'],
    ['a path longer than its bound', `{"k":2,"s":1,"t":1,"S":0,"p":0,"x":"/x","o":"write","n":"${'y'.repeat(4_097)}"}`],
    [
      'a name with a line break in the environment',
      '{"k":1,"s":1,"t":1,"S":0,"p":0,"x":"/x","o":"exec","i":1,"b":1,"E":{"a\\nb":{"c":1}}}',
    ],
    ['a line over the limit', `{"k":2,"pad":"${'y'.repeat(BATCH_LIMITS.lineBytes)}"}`],
    ['nesting', `{"k":2,"u":"\\ud800","n":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['a prototype', '{"__proto__":{"k":2,"s":1},"s":1}'],
  ])('%s', (_, line) => {
    const before = decoded(tampered(() => {})).records.length
    const batch = decoded(tampered((lines) => (lines[5] = line)))
    expect(batch.rejected).toBe(1)
    expect(batch.rejections[0]?.line).toBe(6)
    expect(batch.rejections[0]?.reason.length).toBeGreaterThan(5)
    expect(batch.records.length).toBe(before - 1)
  })
  test('a rejection says where and why, and never repeats the value', () => {
    const line = '{"k":2,"s":1,"t":1,"S":0,"p":"hunter2","x":"/x","o":"write","n":"/y"}'
    const { reason } = decoded(tampered((lines) => (lines[5] = line))).rejections[0]!
    expect(reason).toContain('process')
    expect(reason).not.toContain('hunter2')
  })
  test('half a surrogate pair is replaced, since no store takes it', () => {
    const line = '{"k":2,"s":1,"t":1,"S":0,"p":0,"x":"/x","o":"write","n":"/a\\ud800b"}'
    const batch = decoded(tampered((lines) => (lines[5] = line)))
    expect(batch.records[4]?.record).toMatchObject({ event: { path: '/a\ufffdb' } })
  })
  test('a thousand bad lines are all counted, the first hundred with reasons', () => {
    const header = { v: 1, job: META.job, n: 1, seq0: 0, count: 1_000, clock: META.clock, agent: 'x', final: false }
    const batch = decoded(`${JSON.stringify(header)}\n${'nope\n'.repeat(1_000)}`)
    expect(batch.rejected).toBe(1_000)
    expect(batch.rejections.length).toBe(100)
  })
})
