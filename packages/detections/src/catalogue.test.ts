/* The catalogue as a whole: what is covered, what is said about it, and that detections describe behaviour and not one attack. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import coverage from './data/coverage.json' with { type: 'json' }
import forbidden from './data/forbidden.json' with { type: 'json' }
import indicators from './data/indicators.json' with { type: 'json' }
import places from './data/places.json' with { type: 'json' }
import programs from './data/programs.json' with { type: 'json' }
import hosts from './data/hosts.json' with { type: 'json' }
import { library } from './library/index.ts'

const covered = new Set(library.flatMap(({ catalogue }) => catalogue))
const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`)

test('every rule and incident of the catalogue is covered, or its absence has a reason', () => {
  const all = [...ids('R', coverage.rules), ...ids('S-', coverage.incidents)]
  const uncovered = all.filter((id) => !covered.has(id))
  expect(uncovered).toEqual(Object.keys(coverage.uncovered))
  for (const reason of Object.values(coverage.uncovered)) expect(reason.length).toBeGreaterThan(40)
  expect([...covered].filter((id) => !all.includes(id))).toEqual([])
})

test('nothing of one incident or scenario is named outside of data', () => {
  const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'))
  expect(files.length).toBeGreaterThan(100)
  const found = files.flatMap((file) => {
    const text = readFileSync(path.join(import.meta.dirname, file), 'utf8').toLowerCase()
    return forbidden.words.filter((word) => text.includes(word.toLowerCase())).map((word) => `${file}: ${word}`)
  })
  expect(found).toEqual([])
})

test('every data entry says where it comes from, and indicators end', () => {
  for (const { place, source, pattern } of places.places) {
    expect(source, place).not.toBe('')
    expect(() => new RegExp(pattern), place).not.toThrow()
  }
  for (const [group, { source, names }] of Object.entries(programs.groups)) {
    expect(source, group).not.toBe('')
    expect(names.length, group).toBe(new Set(names).size)
  }
  for (const [name, list] of Object.entries(hosts)) {
    if (typeof list !== 'string') expect(list.source, name).not.toBe('')
  }
  for (const { value, source, since, until } of indicators.indicators) {
    expect(source, value).not.toBe('')
    expect(Date.parse(until), value).toBeGreaterThan(Date.parse(since))
    expect(Date.parse(until) - Date.parse(since), value).toBeLessThanOrEqual(2 * 366 * 86_400_000)
  }
})
