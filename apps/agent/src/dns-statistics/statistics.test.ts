import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDnsStatistics, registeredDomain } from './index.ts'
import { entropy } from './statistics.ts'

const SECOND = 1_000_000
const chunk = (index: number) => createHash('sha256').update(String(index)).digest('hex').slice(0, 60)

test('a tunnel stands out: many different, long, random names in a minute', () => {
  const statistics = createDnsStatistics()
  let last
  for (let index = 0; index < 200; index += 1) {
    last = statistics.observe({ tree: 1, name: `${chunk(index)}.t.evil.co.uk`, type: 'TXT', time: index * SECOND * 0.25 })
  }
  expect(last).toMatchObject({
    domain: 'evil.co.uk',
    queries: 200,
    uniqueNames: 200,
    uniqueNamesPerMinute: 200,
    labelLengthMax: 60,
    partLengthMean: 62,
    contentShare: 1,
    saturated: false,
  })
  expect(last?.entropyMean).toBeGreaterThan(3.5)
  expect(last?.carriedCharacters).toBe(200 * 62)
})

test('an ordinary install does not: few names, asked for again and again', () => {
  const statistics = createDnsStatistics()
  for (let index = 0; index < 500; index += 1) {
    statistics.observe({
      tree: 1,
      name: ['registry', 'www', 'files'][index % 3] + '.example.com',
      type: index % 2 === 0 ? 'A' : 'AAAA',
      time: index * SECOND,
    })
  }
  const [only] = statistics.list()
  expect(only).toMatchObject({ domain: 'example.com', queries: 500, uniqueNames: 3, contentShare: 0, labelLengthMax: 8 })
  expect(only?.uniqueNamesPerMinute).toBe(3)
  expect(only?.entropyMean).toBeLessThan(3)
})

test('names spread over hours are told apart from a burst', () => {
  const statistics = createDnsStatistics()
  for (let index = 0; index < 200; index += 1)
    statistics.observe({ tree: 1, name: `${chunk(index)}.example.com`, type: 'A', time: index * 60 * SECOND })
  expect(statistics.list()[0]).toMatchObject({ uniqueNames: 200, uniqueNamesPerMinute: 1 })
})

test('each process tree is counted for itself, and forgotten with it', () => {
  const statistics = createDnsStatistics()
  for (const tree of [1, 2]) statistics.observe({ tree, name: 'a.example.com', type: 'A', time: 0 })
  expect(statistics.list().map(({ tree, queries }) => [tree, queries])).toEqual([
    [1, 1],
    [2, 1],
  ])
  statistics.forget(1)
  expect(statistics.list().map(({ tree }) => tree)).toEqual([2])
})

test.each([
  ['a.b.example.co.uk', 'example.co.uk'],
  ['x.alice.github.io', 'alice.github.io'],
  ['_acme-challenge.example.com', 'example.com'],
  ['localhost', 'localhost'],
  ['co.uk', 'co.uk'],
  ['', ''],
])('the registered domain of "%s" is "%s"', (name, domain) => expect(registeredDomain(name)).toBe(domain))

test('a domain without subdomain has an empty part', () => {
  expect(createDnsStatistics().observe({ tree: 1, name: 'example.com', type: 'A', time: 0 })).toMatchObject({
    uniqueNames: 1,
    partLengthMean: 0,
    entropyMean: 0,
  })
})

test.each([
  ['', 0],
  ['aaaa', 0],
  ['abab', 1],
  ['ab.cd', 2],
  ['0123456789abcdef', 4],
])('the entropy of "%s" is %d bits a character', (text, bits) => expect(entropy(text)).toBeCloseTo(bits))

test('memory is bounded: names saturate, and the domain not asked for the longest gives way, counted', () => {
  const statistics = createDnsStatistics({ domainsMax: 2, namesMax: 10 })
  statistics.observe({ tree: 1, name: 'a.example.org', type: 'A', time: 0 })
  for (let index = 0; index < 50; index += 1) statistics.observe({ tree: 1, name: `${chunk(index)}.example.com`, type: 'A', time: 0 })
  expect(statistics.list()[0]).toMatchObject({ uniqueNames: 10, uniqueNamesPerMinute: 10, saturated: true, queries: 50 })
  statistics.observe({ tree: 1, name: 'a.example.net', type: 'A', time: 0 })
  expect(statistics.list().map(({ domain }) => domain)).toEqual(['example.com', 'example.net'])
  expect(statistics.evicted()).toBe(1)
})

test('the names of all domains together are bounded, and given back', () => {
  const statistics = createDnsStatistics({ namesTotalMax: 3 })
  for (const tree of [1, 2]) for (const name of ['a', 'b']) statistics.observe({ tree, name: `${name}.example.com`, type: 'A', time: 0 })
  expect(statistics.list().map(({ uniqueNames, saturated }) => [uniqueNames, saturated])).toEqual([
    [2, false],
    [1, true],
  ])
  statistics.forget(1)
  expect(statistics.observe({ tree: 3, name: 'c.example.com', type: 'A', time: 0 }).uniqueNames).toBe(1)
})

test('any name and type is counted without throwing', () => {
  const statistics = createDnsStatistics({ domainsMax: 100, namesMax: 20 })
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 5 }), fc.nat(), (name, type, time) => {
      const found = statistics.observe({ tree: 1, name, type, time })
      for (const value of Object.values(found)) expect(value).not.toBeNaN()
    }),
    { numRuns: 500 },
  )
})
