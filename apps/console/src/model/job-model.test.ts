import type { Event } from '@gatehouse/schema'
import { describe as suite, expect, test } from 'vitest'
import { demonstration, newJob } from '../mock/jobs.ts'
import { Recorder } from '../mock/recorder.ts'
import { append, chainOf, createJobModel, eventAt, type JobModel } from './job-model.ts'
import { labelOf } from './names.ts'
import { activity, selectEvents, selectFiles, selectFlows, selectLookups, selectRequests, subtree } from './select.ts'
import { OPEN_TO, treeRows } from './tree.ts'

const START = 1_800_000_000_000_000
const RUN = { id: '0192f3a4-0001-7000-8000-000000000001', repository: 'acme/app' }

function modelOf(record: Recorder): JobModel {
  const model = createJobModel()
  append(model, record.events)
  return model
}

const story = demonstration(RUN, 1, START)
const model = modelOf(story)
const byLabel = (label: string): number => [...model.processes.values()].find((process) => labelOf(process) === label)?.number ?? -1

suite('appending', () => {
  test('a page that comes twice changes nothing', () => {
    const twice = modelOf(story)
    const version = twice.version
    append(twice, story.events.slice(0, 50))
    expect(twice.events).toHaveLength(story.events.length)
    expect(twice.version).toBe(version)
  })

  test('pages of any size give the same model as one', () => {
    const paged = createJobModel()
    for (let at = 0; at < story.events.length; at += 7) append(paged, story.events.slice(at, at + 7))
    expect([...paged.processes]).toEqual([...model.processes])
    expect(paged.flows).toEqual(model.flows)
    expect([...paged.files]).toEqual([...model.files])
  })

  test('the end of a flow is joined to its beginning', () => {
    const attack = model.flows.find((flow) => flow.opened.ip === '203.0.113.9')
    expect(attack).toMatchObject({ sent: 4_118, received: 162, step: 2, domain: undefined })
    expect(attack?.requests.map((request) => request.path)).toEqual(['/collect'])
    expect(attack?.flags.has('no-dns')).toBe(true)
  })

  test('every question about a name has its answer', () => {
    expect(model.lookups.length).toBeGreaterThan(5)
    expect(model.lookups.every((lookup) => lookup.answer !== undefined)).toBe(true)
  })

  test('an event is found by its number, and a number that is not there is not', () => {
    expect(eventAt(model, 17)?.seq).toBe(17)
    expect(eventAt(model, 0)).toBeUndefined()
    expect(eventAt(model, 1_000_000)).toBeUndefined()
  })
})

suite('who did it', () => {
  test('the chain goes from the runner to the process', () => {
    expect(chainOf(model, byLabel('curl')).map(labelOf)).toEqual(['Runner.Worker', 'bash', 'npm', 'sh', 'setup.js', 'curl'])
  })

  test('a process nobody announced is shown all the same', () => {
    const orphan = createJobModel()
    append(orphan, [{ seq: 1, time: START, step: 0, process: 9, exe: '/bin/x', kind: 'file', op: 'create', path: '/tmp/x' }])
    expect(orphan.processes.get(9)).toMatchObject({ known: false, exe: '/bin/x', changes: 1 })
  })

  test('records that make a process its own ancestor do not hang the page', () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- only this test makes such records
    const start = (seq: number, process: number, parent: number): Event => ({
      seq,
      time: START + seq,
      step: 1,
      process,
      exe: '/bin/x',
      kind: 'process',
      op: 'start',
      pid: process,
      startNs: seq,
      parent,
    })
    const loop = createJobModel()
    append(loop, [start(1, 1, 2), start(2, 2, 1), start(3, 3, 3)])
    expect(
      treeRows(loop, {}, { toggled: new Set(), openTo: OPEN_TO }, new Set())
        .map((row) => row.process.number)
        .sort((a, b) => a - b),
    ).toEqual([1, 2, 3])
  })

  test('a subtree holds what a process started, however deep, and nothing else', () => {
    const tree = subtree(model, byLabel('setup.js'))
    expect(tree?.has(byLabel('curl'))).toBe(true)
    expect(tree?.has(byLabel('vitest'))).toBe(false)
  })
})

suite('selecting', () => {
  test('a step, a process, a time and words each narrow what is shown', () => {
    expect(selectFlows(model, { step: 3 })).toEqual([])
    expect(selectFlows(model, { process: byLabel('setup.js') })).toHaveLength(1)
    expect(selectFlows(model, { search: '203.0.113.9:8000 CURL' })).toHaveLength(1)
    expect(selectFlows(model, { to: START })).toEqual([])
    expect(selectLookups(model, { search: 'github.com' })).toHaveLength(1)
    expect(selectRequests(model, { search: 'post /collect' })).toHaveLength(1)
    expect(selectFiles(model, { search: '.aws' }).map((use) => use.area)).toEqual(['secret'])
    expect(selectEvents(model, {}, 'memory').map((event) => event.kind)).toEqual(['memory', 'memory'])
  })

  test('activity counts every event once', () => {
    const bars = activity(model.events, model.firstTime, model.lastTime, 50)
    expect(bars.all.reduce((sum, each) => sum + each, 0)).toBe(model.events.length)
    expect(Math.max(...bars.network)).toBeGreaterThan(0)
  })
})

suite('the process tree', () => {
  const closed = { toggled: new Set<number>(), openTo: 1 }

  test('what leads to a finding is open by itself', () => {
    const rows = treeRows(model, {}, closed, new Set([byLabel('curl')]))
    expect(rows.map((row) => labelOf(row.process))).toContain('curl')
    expect(rows.map((row) => labelOf(row.process))).not.toContain('vitest')
  })

  test('folding hides what is below and says how much', () => {
    const [root] = treeRows(model, {}, closed, new Set())
    expect(root).toMatchObject({ open: false, expandable: true, level: 1, hidden: model.processes.size - 1 })
  })

  test('toggling opens what is folded', () => {
    const rows = treeRows(model, {}, { toggled: new Set([1]), openTo: 1 }, new Set())
    expect(rows.map((row) => row.level)).toEqual([1, 2, 2, 2])
    expect(rows.map((row) => [row.position, row.siblings]).slice(1)).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
  })

  test('a search shows matches with their ancestors, and marks which is which', () => {
    const rows = treeRows(model, { search: 'collect' }, closed, new Set())
    expect(rows.map((row) => [labelOf(row.process), row.context])).toEqual([
      ['Runner.Worker', true],
      ['bash', true],
      ['npm', true],
      ['sh', true],
      ['setup.js', true],
      ['curl', false],
    ])
  })

  test('a chain of twenty thousand forks does not exhaust the stack', () => {
    const record = new Recorder(newJob(RUN, 2, START))
    let parent = record.spawn(0, 0, ['sh'])
    for (let depth = 0; depth < 20_000; depth += 1) parent = record.spawn(parent, 0, ['sh'], { takesMs: 0 })
    const deep = modelOf(record)
    expect(treeRows(deep, {}, { toggled: new Set(), openTo: 100_000 }, new Set())).toHaveLength(20_001)
    expect(chainOf(deep, parent, 8)).toHaveLength(8)
  })
})
