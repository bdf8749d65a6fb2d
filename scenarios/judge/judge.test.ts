import type { Event, JournalRecord } from '@gatehouse/schema'
import { describe, expect, test } from 'vitest'
import { type Expected, judge, matchesText } from './judge.ts'
import { makeRecording } from './recorder.ts'
import { prepareReplay } from './replay.ts'
import { buildReport } from './report.ts'

const START = 1_767_225_600_000_000
const EXPECTED: Expected = {
  steps: ['install'],
  seen: [
    {
      what: 'the key is read',
      event: { kind: 'file', op: 'read', path: '*/.ssh/id' },
      step: 'install',
      chain: ['Runner.Worker*', 'bash -e *', 'cat *'],
    },
  ],
  detected: [{ detection: 'key-read', step: 'install' }],
}

describe('judge', () => {
  test('finds nothing wrong with a report that has everything', () => {
    expect(judge(EXPECTED, buildReport(records())).problems).toEqual([])
  })

  test('says what was not seen', () => {
    const report = buildReport(records().filter((record) => record.record !== 'event' || record.event.kind !== 'file'))
    expect(judge(EXPECTED, report)).toMatchObject({ seen: { found: 0 }, problems: ['not seen: the key is read'] })
  })

  test.each([
    ['another step', { step: 0 }],
    ['another process', { process: 2 }],
  ])('does not call an event attributed that names %s', (_, change) => {
    const report = changed((record) => record.record === 'event' && record.event.kind === 'file' && Object.assign(record.event, change))
    expect(judge(EXPECTED, report)).toMatchObject({ seen: { found: 1 }, attributed: { found: 0 } })
  })

  test('counts a finding in the wrong step as missing and as a false alarm', () => {
    const report = changed((record) => record.record === 'finding' && Object.assign(record.finding, { step: 0 }))
    const verdict = judge(EXPECTED, report)
    expect(verdict.detected.found).toBe(0)
    expect(verdict.falseAlarms).toHaveLength(1)
  })

  test('lets findings of medium severity pass in an ordinary build', () => {
    const report = changed((record) => record.record === 'finding' && Object.assign(record.finding, { severity: 'medium' }))
    expect(judge({ ...EXPECTED, detected: [] }, report).falseAlarms).toEqual([])
  })

  test('does not accept a record with gaps', () => {
    const report = changed((record) => record.record === 'end' && Object.assign(record.end, { verdict: 'degraded' }))
    expect(judge(EXPECTED, report).problems).toEqual(['the record is degraded: '])
  })

  test('a report without its end is refused', () => {
    expect(() => buildReport(records().slice(0, -1))).toThrow('cut short')
  })

  test('a loop of parents in a report does not hang it', () => {
    const looped = changed(
      (record) => record.record === 'event' && record.event.process === 1 && Object.assign(record.event, { parent: 3 }),
    )
    expect(looped.chain(3)).toHaveLength(3)
  })

  test('a star matches anything, and other characters only themselves', () => {
    expect(matchesText('/a/b.c', '/a/*.c')).toBe(true)
    expect(matchesText('/a/bxc', '/a/*.c')).toBe(false)
    expect(matchesText('x/a', '/a')).toBe(false)
  })
})

describe('a recording', () => {
  const header = { scenario: 'demo', commit: 'c'.repeat(40) }
  const replacements = [['/tmp/real', '/home/runner']] as const

  test('carries where it comes from and names no folder or host of the machine', () => {
    const lines = makeRecording(header, records(), replacements, ['real-host', '/tmp/real'])
    expect(JSON.parse(lines[0] ?? '')).toEqual({ recording: 1, ...header, kernel: '6.12.0', object: 'ab' })
    expect(lines.join('\n')).toContain('/home/runner/.ssh/id')
  })

  test('is refused when something forbidden is left in it', () => {
    expect(() => makeRecording(header, records(), [], ['/tmp/real'])).toThrow('would contain "/tmp/real"')
  })

  test('is refused when it shows an address outside the documentation networks', () => {
    const connect: JournalRecord = {
      record: 'event',
      event: { ...common(9), kind: 'network', op: 'connect', flow: 1, protocol: 'tcp', ip: '8.8.8.8', port: 443, verdict: 'observed' },
    }
    expect(() => makeRecording(header, [...records().slice(0, -1), connect], replacements, [])).toThrow('8.8.8.8')
  })

  test('is replayed as a new run that ended now, marked as a replay, every time moved alike', () => {
    const lines = makeRecording(header, records(), replacements, [])
    let next = 0
    const uuid = () => `00000000-0000-4000-8000-${String((next += 1)).padStart(12, '0')}`
    const now = START + 3_600_000_000
    const { records: replayed, run, job } = prepareReplay(lines, now, uuid, 'No eBPF here.')
    const report = buildReport(replayed)
    expect(report.job).toMatchObject({ id: job, run: { id: run }, capture: { replayed: true } })
    expect(report.end).toMatchObject({ finishedAt: now, notes: ['No eBPF here.'] })
    expect(report.job.startedAt).toBe(now - 2_000_000)
    expect(report.events[0]?.time).toBe(now - 2_000_000)
    expect(report.findings[0]?.id).not.toBe(records().find((record) => record.record === 'finding')?.finding.id)
    expect(judge(EXPECTED, report).problems).toEqual([])
  })

  test('something else is not taken for a recording', () => {
    expect(() => prepareReplay([JSON.stringify({ record: 'job' })], START, () => '', '')).toThrow('no recording')
  })
})

/** The report of the records after a change to some of them. */
function changed(change: (record: JournalRecord) => unknown) {
  const all = records()
  for (const record of all) change(record)
  return buildReport(all)
}

function common(process: number) {
  return { seq: process, time: START, step: process > 1 ? 1 : 0, process, exe: '/bin/cat' }
}

function started(process: number, parent: number, exe: string, argv: string[]): JournalRecord {
  const event: Event = { ...common(process), exe, kind: 'process', op: 'exec', pid: 100 + process, startNs: process, parent, argv }
  return { record: 'event', event }
}

function records(): JournalRecord[] {
  return [
    {
      record: 'job',
      schema: 1,
      job: {
        id: '11111111-1111-4111-8111-111111111111',
        run: { id: '22222222-2222-4222-8222-222222222222' },
        name: 'test',
        runner: { name: 'real-host', os: 'Linux', arch: 'x64', kernel: '6.12.0' },
        agent: { version: '0.1.0', object: 'ab' },
        capture: { mode: 'full', reasons: [] },
        startedAt: START,
      },
    },
    { record: 'step', step: { number: 1, name: 'install', kind: 'run', stage: 'main', startedAt: START, confidence: 1 } },
    started(1, 0, '/r/bin/Runner.Worker', ['Runner.Worker', 'spawnclient', '3', '4']),
    started(2, 1, '/bin/bash', ['bash', '-e', '/t/x.sh']),
    started(3, 2, '/bin/cat', ['cat', '/tmp/real/.ssh/id']),
    { record: 'event', event: { ...common(3), seq: 4, kind: 'file', op: 'read', path: '/tmp/real/.ssh/id', family: 'ssh' } },
    {
      record: 'finding',
      finding: {
        id: '33333333-3333-4333-8333-333333333333', detection: 'key-read', title: 'read', message: 'read', severity: 'high', confidence: 'high',
        catalogue: [], attack: [], time: START, step: 1, process: 3, events: [4], evidence: {},
      },
    },
    { record: 'end', end: { finishedAt: START + 2_000_000, exitCode: 0, verdict: 'complete', events: 4, accounting: [], notes: [] } },
  ] // prettier-ignore
}
