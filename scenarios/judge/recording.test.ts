/* The committed recordings: still as their scenario expects, still in today's language, and fit to be published. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { JournalRecord } from '@gatehouse/schema'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { SCENARIOS, scenarioNames } from '../runner/scenario.ts'
import { type Expected, judge } from './judge.ts'
import { makeRecording, type RecordingHeader } from './recorder.ts'
import { buildReport } from './report.ts'

const recorded = scenarioNames().filter((name) => existsSync(path.join(SCENARIOS, name, 'recording.jsonl')))

test('the demonstration has one', () => {
  expect(recorded).toContain('demo')
})

describe.each(recorded)('the recording of %s', (name) => {
  const read = (file: string) => readFileSync(path.join(SCENARIOS, name, file), 'utf8')
  const lines = read('recording.jsonl').trimEnd().split('\n')
  const [header, ...records] = lines.map((line) => JSON.parse(line) as unknown)

  test('says where it comes from', () => {
    expect(header).toMatchObject({ recording: 1, scenario: name })
    // Safe: just looked at.
    const { commit, kernel, object } = header as RecordingHeader
    expect(commit).toMatch(/^[0-9a-f]{40}$/)
    expect(object).toMatch(/^[0-9a-f]{64}$/)
    expect(kernel).not.toBe('')
  })

  test('holds only records that a server takes', () => {
    expect(records.filter((record) => !Check(JournalRecord, record)).slice(0, 3)).toEqual([])
  })

  test('is as the scenario expects', () => {
    // Safe: the test above, and a file of this repository.
    const report = buildReport(records as JournalRecord[])
    expect(judge(JSON.parse(read('expected.json')) as Expected, report).problems).toEqual([])
  })

  test('names no real host, and no folder of the machine it was made on', () => {
    expect(() =>
      makeRecording({ scenario: name, commit: '' }, records as JournalRecord[], [], ['/tmp/gh-', '/root/', 'GATEHOUSE-DECOY']),
    ).not.toThrow()
  })
})
