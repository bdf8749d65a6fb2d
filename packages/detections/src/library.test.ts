/* Every detection is tested here, against the cases beside it and against rules that hold for the whole catalogue. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Finding, type Job } from '@gatehouse/schema'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { createDetector } from './detector.ts'
import { library } from './library/index.ts'
import type { Case } from './testing.ts'

const FOLDER = path.join(import.meta.dirname, 'library')
const ID = '00000000-0000-4000-8000-000000000000'

test('every folder is registered, in the order of ids', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(library.map(({ id }) => id)).toEqual(folders.map(({ name }) => name).toSorted())
})

describe.each(library)('$id', (detection) => {
  const file = (name: string) => path.join(FOLDER, detection.id, name)

  test('its page has its title, says what it misses and names its sources', () => {
    const page = readFileSync(file('detection.md'), 'utf8')
    expect(page.startsWith(`# ${detection.title}\n`)).toBe(true)
    for (const heading of ['What it sees', 'What it misses', 'Triage', 'Sources']) expect(page).toContain(`\n## ${heading}\n`)
    for (const technique of detection.attack) expect(page).toContain(technique)
  })

  test('its ids are well formed', () => {
    expect(detection.catalogue.length).toBeGreaterThan(0)
    for (const id of detection.catalogue) expect(id).toMatch(/^(R\d\d|S-\d\d)$/)
    for (const technique of detection.attack) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/)
  })

  test('fires where it must and is silent where it must be', async () => {
    expect(existsSync(file('cases.ts'))).toBe(true)
    // Safe: the module is one of ours, next to the detection.
    const { cases } = (await import(file('cases.ts'))) as { cases: readonly Case[] }
    expect(cases.some(({ fires }) => fires)).toBe(true)
    expect(cases.some(({ fires }) => !fires)).toBe(true)
    for (const { name, fires, events, job, steps, knowledge } of cases) {
      const detector = createDetector(() => ID, [detection], { action: () => knowledge })
      // Safe: detections read only what the case gives.
      if (job) detector.learnJob(job as Job)
      for (const step of steps ?? []) detector.learnStep(step)
      const findings = events.flatMap((event) => detector.observe(event))
      expect(findings.length > 0, name).toBe(fires)
      for (const finding of findings) expect(Check(Finding, finding), name).toBe(true)
    }
  })
})

test('one cause is one finding, however often it happens', () => {
  const detector = createDetector(() => ID)
  const event = {
    kind: 'network',
    op: 'connect',
    seq: 1,
    time: 1,
    step: 1,
    process: 1,
    exe: '/tmp/x',
    flow: 1,
    protocol: 'tcp',
    ip: '203.0.113.9',
    port: 80,
    verdict: 'observed',
    flags: ['no-dns'],
  } as const
  const found = Array.from({ length: 50 }, (_, index) => detector.observe({ ...event, flags: ['no-dns'], seq: index + 1 })).flat()
  expect(found).toHaveLength(1)
})

test('a process that forks without executing keeps the words of its parent, and a loop of parents ends', () => {
  const detector = createDetector(() => ID)
  const base = { kind: 'process', seq: 1, time: 1, step: 1, exe: '/bin/sh', pid: 1, startNs: 1 } as const
  expect(detector.observe({ ...base, op: 'start', process: 1, parent: 2 })).toEqual([])
  expect(detector.observe({ ...base, op: 'start', process: 2, parent: 1 })).toEqual([])
  const found = detector.observe({
    kind: 'network',
    op: 'connect',
    seq: 3,
    time: 3,
    step: 1,
    process: 2,
    exe: '/bin/sh',
    flow: 1,
    protocol: 'tcp',
    ip: '203.0.113.9',
    port: 1,
    verdict: 'observed',
    flags: ['no-dns'],
  })
  expect(found.map(({ detection }) => detection)).toEqual(['bare-address-connection'])
})
