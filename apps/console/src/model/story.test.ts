import type { Event, FileEvent, RunDetail } from '@gatehouse/schema'
import { expect, test } from 'vitest'
import { demonstration } from '../mock/jobs.ts'
import type { Recorder } from '../mock/recorder.ts'
import { createWorld, NAMED_RUNS, summaryOf } from '../mock/world.ts'
import { answer } from './answer.ts'
import { areaOf } from './areas.ts'
import { append, createJobModel } from './job-model.ts'
import { lanes, ticks } from './lanes.ts'
import { story } from './story.ts'
import { describe, plain } from './words.ts'

const START = 1_800_000_000_000_000
const RUN = { id: '0192f3a4-0001-7000-8000-000000000001', repository: 'acme/app' }
const record = demonstration(RUN, 1, START)
const model = createJobModel()
append(model, record.events)
const detail = record.detail()

function detailOf(one: Recorder): RunDetail {
  return { run: summaryOf(one.job.run, [one.detail()]), jobs: [one.detail()] }
}

test('the story tells the steps in order, and the theft within its step', () => {
  const chapters = story(detail, model)
  expect(chapters.map((chapter) => chapter.step?.name)).toEqual(['Run actions/checkout@v6', 'npm ci', 'npm test'])
  const found = chapters[1]?.items.filter((item) => item.kind === 'finding').map((item) => item.finding.detection)
  expect(found).toEqual(['secret-file-read', 'runner-memory-read', 'upload-after-secret-read'])
})

test('a finding brings the events it rests on, in words', () => {
  const upload = story(detail, model)[1]?.items.find(
    (item) => item.kind === 'finding' && item.finding.detection === 'upload-after-secret-read',
  )
  expect(upload?.kind === 'finding' ? upload.evidence.map((event) => plain(describe(event))) : []).toEqual([
    'opened a TCP connection to 203.0.113.9:8000',
    'requested POST http://203.0.113.9:8000/collect, answered with 200',
    'closed its TCP connection to 203.0.113.9:8000 after sending 4.1 KB and receiving 162 B',
  ])
})

test('what every Node process does to itself is no part of the story, what is asked of a ring is', () => {
  const bare = createJobModel()
  const base = { time: START, step: 1, process: 1, exe: '/usr/bin/node' }
  append(bare, [
    { ...base, seq: 1, kind: 'process', op: 'exec', pid: 9, startNs: 1, argv: ['node'] },
    { ...base, seq: 2, kind: 'system', op: 'io-uring', detail: 'io_uring_setup', result: 7 },
    { ...base, seq: 3, kind: 'file', op: 'write', path: '/proc/9/task/12/comm' },
    { ...base, seq: 4, kind: 'system', op: 'io-uring', detail: 'io_uring: OPENAT', result: 0, flags: ['io-uring'] },
  ])
  const chapter = story({ ...detail, findings: [], steps: detail.steps.slice(0, 1) }, bare).find(({ number }) => number === 1)
  expect(chapter?.items.map((item) => (item.kind === 'moment' ? item.event.seq : 0))).toEqual([4])
  expect(plain(chapter?.digest ?? [])).toBe('Ran 1 process, contacted no host, changed no files.')
  expect(bare.system.length).toBe(2)
})

test('a step is summed up in one sentence', () => {
  const digests = story(detail, model).map((chapter) => plain(chapter.digest))
  expect(digests[0]).toBe('Ran 5 processes, contacted 1 host (github.com), made 8 file changes.')
})

test('every kind of event can be said in words', () => {
  const base = { seq: 1, time: START, step: 1, process: 1, exe: '/bin/x' }
  const events: Event[] = [
    { ...base, kind: 'memory', op: 'read', target: 2, targetPid: 99, targetExe: '/opt/Runner.Worker', result: 8_388_608 },
    { ...base, kind: 'memory', op: 'ptrace', target: 0, targetPid: 1, detail: 'PTRACE_ATTACH', result: -1 },
    { ...base, kind: 'file', op: 'rename', path: '/a', to: '/b' },
    { ...base, kind: 'file', op: 'read', path: '/root/.ssh/id', family: 'ssh', count: 3, result: -13 },
    {
      ...base,
      kind: 'dns',
      op: 'answer',
      transport: 'udp',
      server: '127.0.0.53',
      port: 53,
      id: 1,
      name: 'x.example.test',
      type: 'A',
      code: 'NXDOMAIN',
    },
    {
      ...base,
      kind: 'network',
      op: 'connect',
      flow: 1,
      protocol: 'tcp',
      ip: '2001:db8::1',
      port: 443,
      domain: 'x.example.test',
      verdict: 'blocked',
      outcome: 'refused',
    },
    { ...base, kind: 'system', op: 'bpf', detail: 'BPF_PROG_DETACH', result: -1 },
    { ...base, kind: 'loss', op: 'ring-full', type: 'open', count: 1_873 },
    { ...base, kind: 'process', op: 'exit', pid: 1, startNs: 0, signal: 9 },
  ]
  expect(events.map((event) => plain(describe(event)))).toEqual([
    'read 8.4 MB of the memory of Runner.Worker (pid 99)',
    'traced process 1 (pid 1) with PTRACE_ATTACH, which failed (not permitted)',
    'renamed /a to /b',
    'read /root/.ssh/id (an SSH key) 3 times, which failed (permission denied)',
    'was told by DNS that x.example.test does not resolve (NXDOMAIN)',
    'opened a TCP connection to x.example.test at [2001:db8::1]:443, which failed (refused) and was blocked by policy',
    'called bpf with BPF_PROG_DETACH, which failed (not permitted)',
    'The sensor lost 1,873 open records (they came faster than they could be read)',
    'was ended by signal 9',
  ])
})

test('the answer names the worst finding and its step', () => {
  expect(answer(detailOf(record))).toEqual({
    tone: 'bad',
    text: 'A step read the memory of the runner, in step “npm ci”. Worst of 3 findings.',
    doubts: [],
  })
})

test('gaps in the record are said even when nothing was found', () => {
  const world = createWorld(START, () => START)
  const say = (run: string) => {
    const found = world.get(run)
    return found === undefined ? undefined : answer(found.detail())
  }
  expect(say(NAMED_RUNS.degraded)).toMatchObject({ tone: 'warn', text: expect.stringContaining('The record has gaps') as string })
  expect(say(NAMED_RUNS.degraded)?.doubts.at(-1)).toBe('1,873 records lost.')
  expect(say(NAMED_RUNS.empty)).toMatchObject({ tone: 'warn', text: 'This run was not watched, so nothing can be said about what it did.' })
  expect(say(NAMED_RUNS.lost)?.tone).toBe('warn')
  expect(say(NAMED_RUNS.replayed)?.doubts[0]).toBe('This is a recording that was played back, not a live capture.')
  expect(say(NAMED_RUNS.matrix)).toMatchObject({ tone: 'good', doubts: [] })
})

test('files are sorted by where they lie', () => {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- only this test speaks of areas
  const at = (path: string, family?: FileEvent['family']) =>
    areaOf({ seq: 1, time: 0, step: 0, process: 0, exe: '', kind: 'file', op: 'create', path, ...(family === undefined ? {} : { family }) })
  expect(at('/home/runner/.aws/credentials', 'cloud')).toBe('secret')
  expect(at('/home/runner/work/app/app/node_modules/x/index.js')).toBe('dependencies')
  expect(at('/home/runner/work/app/app/src/index.ts')).toBe('source')
  expect(at('/home/runner/work/_temp/abc.sh')).toBe('temporary')
  expect(at('/home/runner/work/_temp/_runner_file_commands/set_env_x')).toBe('runner')
  expect(at('/tmp/x')).toBe('temporary')
  expect(at('/home/runner/.bashrc')).toBe('home')
  expect(at('/etc/hosts')).toBe('system')
  expect(at('relative')).toBe('other')
})

test('lanes lie within the picture and name what happened in them', () => {
  const rows = lanes(detail, model, START, record.at, 2)
  expect(rows.filter((lane) => lane.process === undefined).map((lane) => lane.name)).toEqual([
    'Run actions/checkout@v6',
    'npm ci',
    'npm test',
  ])
  expect(rows.filter((lane) => lane.process !== undefined)).toHaveLength(6)
  expect(rows.every((lane) => lane.from >= 0 && lane.to <= 1 && lane.from <= lane.to)).toBe(true)
  expect(new Set(rows[1]?.marks.map((mark) => mark.kind))).toEqual(new Set(['network', 'memory', 'secret', 'finding']))
})

test('an axis has round numbers and not too many', () => {
  expect(ticks(5_100_000, 8)).toEqual([0, 1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000])
  expect(ticks(36_000_000, 3)).toEqual([0, 20_000_000])
})
