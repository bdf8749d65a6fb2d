import { JournalRecord, type Event, type EventKind, type EventOf, type Step } from '@gatehouse/schema'
import { Check, Errors } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import type { KernelRecord } from '../sensor/record.ts'
import { execOf, forkOf, journalOf, recordOf, seconds } from './testing.ts'

const events = async (records: readonly KernelRecord[], options: Parameters<typeof journalOf>[1] = {}): Promise<Event[]> => {
  const lines = await journalOf(records, options)
  for (const line of lines)
    expect(Check(JournalRecord, line), JSON.stringify([line, [...Errors(JournalRecord, line)].slice(0, 3)])).toBe(true)
  const found = lines.flatMap((line) => (line.record === 'event' ? [line.event] : []))
  expect(found.map((event) => event.seq)).toEqual(found.map((_, index) => index + 1))
  return found
}
async function eventsOf<K extends EventKind>(
  kind: K,
  records: readonly KernelRecord[],
  options: Parameters<typeof journalOf>[1] = {},
): Promise<EventOf<K>[]> {
  return (await events(records, options)).filter((event): event is EventOf<K> => event.kind === kind)
}
const finalSteps = async (records: readonly KernelRecord[]): Promise<Step[]> => {
  const steps = new Map<number, Step>()
  for (const line of await journalOf(records)) if (line.record === 'step') steps.set(line.step.number, line.step)
  return [...steps.values()]
}

const local = { ip: '192.0.2.10', port: 40_000 }
const remote = { ip: '203.0.113.9', port: 8_000 }
const tcp = (op: 'connect' | 'established' | 'failed' | 'close' | 'listen', more: object = {}) =>
  recordOf('tcp', 101, { op, socket: 's1', local, remote, error: 0, sent: 0, received: 0, ...more })

const step = (tag: number, pid: number, argv: string[], env: Record<string, string>) => [
  forkOf(50, pid, { childStep: tag, time: seconds(tag) }),
  execOf(pid, argv, { step: tag, time: seconds(tag), env }),
]

const wireName = (text: string) => [
  ...Buffer.concat(text.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`))),
  0,
]

const dns = (ingress: boolean, bytes: number[]) =>
  recordOf('dns', 101, {
    transport: 'udp',
    ingress,
    socket: 'd1',
    local,
    remote: { ip: '192.0.2.53', port: 53 },
    sequence: 0,
    offset: 0,
    total: bytes.length,
    data: Uint8Array.from(bytes),
  })

const open = (path: string, more: object = {}) =>
  recordOf('open', 101, {
    path,
    pathCut: false,
    read: false,
    write: true,
    created: false,
    truncated: false,
    device: 1,
    inode: '7',
    secret: undefined,
    target: 0,
    repeats: 0,
    ...more,
  })

describe('processes', () => {
  test('keep one number through fork, exec and exit, and know their parent', async () => {
    const found = await eventsOf('process', [
      execOf(100, ['make']),
      forkOf(100, 101),
      execOf(101, ['cc', '-c', 'a.c']),
      recordOf('exit', 101, { code: 3, signal: 0 }),
    ])
    expect(found.map(({ op, process, parent, exe }) => [op, process, parent, exe])).toEqual([
      ['exec', 1, 0, '/usr/bin/make'],
      ['start', 2, 1, '/usr/bin/make'],
      ['exec', 2, 1, '/usr/bin/cc'],
      ['exit', 2, undefined, '/usr/bin/cc'],
    ])
    expect(found[2]).toMatchObject({ argv: ['cc', '-c', 'a.c'], sha256: 'f'.repeat(64), hash: 'exact' })
    expect(found[3]).toMatchObject({ exitCode: 3 })
  })

  test('that use the same pid one after the other are two', async () => {
    const again = { ...forkOf(100, 101), child: { pid: 101, start: 9_999, step: 0 } }
    const found = await eventsOf('process', [execOf(100, ['make']), forkOf(100, 101), recordOf('exit', 101, { code: 0, signal: 0 }), again])
    expect(found.filter(({ op }) => op === 'start').map(({ process }) => process)).toEqual([2, 3])
  })

  test('ended by a signal say which, with the code a shell would give', async () => {
    const [, exit] = await eventsOf('process', [execOf(100, ['sleep']), recordOf('exit', 100, { code: 0, signal: 9 })])
    expect(exit).toMatchObject({ exitCode: 137, signal: 9 })
  })

  test('lose secrets in arguments and the whole environment but for the allowed names', async () => {
    const env = { GITHUB_JOB: 'build', NPM_TOKEN: 'canary-one', LD_PRELOAD: 'canary-two' }
    const record = execOf(100, ['curl', '--password', 'canary-three'], { env })
    const [exec] = await eventsOf('process', [record])
    expect(exec).toMatchObject({ environment: { GITHUB_JOB: 'build' }, injection: ['LD_PRELOAD'], flags: ['redacted'] })
    expect(JSON.stringify(exec)).not.toContain('canary')
    expect(record.environment.every((byte) => byte === 0)).toBe(true)
  })
})

describe('steps', () => {
  const worker = [execOf(50, ['/r/bin/Runner.Worker'], { worker: true })]
  const guid = '0f8fad5b-d9cb-469f-a165-70867728950e'

  test('are what the runner started, named from its own words', async () => {
    const steps = await finalSteps([
      ...worker,
      ...step(1, 60, ['node', '/r/_work/_actions/actions/checkout/v4/dist/index.js'], {
        GITHUB_ACTION: '__actions_checkout',
        GITHUB_ACTION_REPOSITORY: 'actions/checkout',
        GITHUB_ACTION_REF: 'v4',
        GITHUB_OUTPUT: `/r/_work/_temp/_runner_file_commands/set_output_${guid}`,
      }),
      ...step(2, 61, ['/usr/bin/bash', '-e', `/r/_work/_temp/${guid}.sh`], { GITHUB_ACTION: '__run' }),
      ...step(3, 62, ['node', '/r/_work/_actions/actions/checkout/v4/dist/index.js'], {
        GITHUB_ACTION: '__actions_checkout',
        GITHUB_ACTION_REPOSITORY: 'actions/checkout',
        GITHUB_ACTION_REF: 'v4',
      }),
      ...step(4, 63, ['git', '--version'], {}),
    ])
    expect(steps.map(({ number, kind, name, stage, action, key }) => ({ number, kind, name, stage, action, key }))).toEqual([
      { number: 1, kind: 'command', name: 'make', stage: 'main', action: undefined, key: undefined },
      {
        number: 2,
        kind: 'action',
        name: 'actions/checkout@v4',
        stage: 'main',
        action: { repository: 'actions/checkout', ref: 'v4' },
        key: guid,
      },
      { number: 3, kind: 'run', name: '__run', stage: 'main', action: undefined, key: undefined },
      {
        number: 4,
        kind: 'action',
        name: 'actions/checkout@v4',
        stage: 'post',
        action: { repository: 'actions/checkout', ref: 'v4' },
        key: undefined,
      },
      { number: 5, kind: 'runner', name: 'git --version', stage: 'main', action: undefined, key: undefined },
    ])
  })

  test('are not renamed by what a later process of theirs claims', async () => {
    const steps = await finalSteps([
      ...worker,
      ...step(1, 60, ['bash', '-e', `/r/_work/_temp/${guid}.sh`], { GITHUB_ACTION: 'build' }),
      forkOf(60, 70, { step: 1 }),
      execOf(70, ['curl'], {
        step: 1,
        env: { GITHUB_ACTION: 'forged', GITHUB_ACTION_REPOSITORY: 'actions/forged', GITHUB_ACTION_REF: 'v1' },
      }),
      execOf(60, ['curl'], { step: 1, env: { GITHUB_ACTION: 'forged again' } }),
    ])
    expect(steps.map(({ name }) => name)).toEqual(['make', 'build'])
  })

  test('end with their first process; what their other processes do afterwards is marked', async () => {
    const records = [
      ...worker,
      ...step(1, 60, ['bash'], {}),
      forkOf(60, 61, { step: 1, time: seconds(2) }),
      recordOf('exit', 60, { code: 0, signal: 0, step: 1, time: seconds(3) }),
      execOf(61, ['nc'], { step: 1, time: seconds(4) }),
    ]
    expect((await finalSteps(records))[1]).toMatchObject({ exitCode: 0, finishedAt: 1_700_000_003_000_000 })
    expect((await events(records)).at(-1)).toMatchObject({ exe: '/usr/bin/nc', step: 2, flags: ['outlived-step'] })
  })
})

describe('connections', () => {
  test('are told with their outcome and, at the end, their bytes', async () => {
    const found = await eventsOf('network', [
      forkOf(100, 101),
      tcp('connect'),
      tcp('established'),
      tcp('close', { sent: 10, received: 20 }),
    ])
    expect(found).toMatchObject([
      { op: 'connect', flow: 1, ip: remote.ip, port: 8_000, outcome: 'established', process: 2, flags: ['no-dns'] },
      { op: 'close', flow: 1, sent: 10, received: 20 },
    ])
    expect(found[1]?.flags).toBeUndefined()
  })

  test('to an address that the machine itself names are not without a name, and neither are those to a resolver', async () => {
    const hosts = new Map([[remote.ip, 'cache.test']])
    const records = (port: number) => (['connect', 'established'] as const).map((op) => tcp(op, { remote: { ip: remote.ip, port } }))
    const [listed] = await eventsOf('network', records(8_000), { hosts })
    expect(listed).toMatchObject({ domain: 'cache.test', domainSource: 'hosts' })
    expect(listed?.flags).toBeUndefined()
    const [resolver] = await eventsOf('network', records(53))
    expect(resolver).toMatchObject({ port: 53, outcome: 'established' })
    expect(resolver?.flags).toBeUndefined()
  })

  test.each([
    [111, 'refused'],
    [113, 'unreachable'],
    [110, 'timeout'],
    [1, 'failed'],
  ])('that fail with errno %i are %s', async (error, outcome) => {
    expect(await eventsOf('network', [tcp('connect'), tcp('failed', { error })])).toMatchObject([{ op: 'connect', outcome }])
  })

  test('without any outcome until the end are pending, not forgotten', async () => {
    expect(await eventsOf('network', [tcp('connect')])).toMatchObject([{ op: 'connect', outcome: 'pending' }])
  })

  test('to loopback need no name', async () => {
    const [found] = await eventsOf('network', [tcp('connect', { remote: { ip: '127.0.0.1', port: 80 } }), tcp('established')])
    expect(found?.flags).toBeUndefined()
  })

  test('get the name that DNS gave the address, through the chain, and only when it was asked for', async () => {
    const id = [0x12, 0x34]
    const ask = [...id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...wireName('api.example.test'), 0, 1, 0, 1]
    const answer = [
      ...id,
      0x81,
      0x80,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      0,
      ...wireName('api.example.test'),
      0,
      1,
      0,
      1,
      0xc0,
      12,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      60,
      0,
      4,
      203,
      0,
      113,
      9,
    ]
    const asked = await events([dns(false, ask), dns(true, answer), tcp('connect'), tcp('established')])
    expect(asked).toMatchObject([
      { kind: 'dns', op: 'query', name: 'api.example.test', type: 'A' },
      { kind: 'dns', op: 'answer', code: 'NOERROR', answers: [{ data: '203.0.113.9' }] },
      { kind: 'network', domain: 'api.example.test', domainSource: 'dns' },
    ])
    const forged = await events([dns(true, answer), tcp('connect'), tcp('established')])
    expect(forged.at(-1)).toMatchObject({ kind: 'network', flags: ['no-dns'] })
    expect(forged.at(-1)).not.toHaveProperty('domain')
  })

  test('carry requests whose query and headers are gone and whose credential is a hash', async () => {
    const head = Buffer.from(
      'POST /a/b?canary=canary HTTP/1.1\r\nHost: attacker.example.test\r\nAuthorization: Bearer canary\r\n\r\ncanary',
    )
    const found = await events([
      tcp('connect'),
      tcp('established'),
      recordOf('http', 101, { socket: 's1', local, remote, total: head.length, head }),
      tcp('close'),
    ])
    expect(found[1]).toMatchObject({
      kind: 'http',
      flow: 1,
      method: 'POST',
      host: 'attacker.example.test',
      path: '/a/b',
      ip: remote.ip,
      port: 8_000,
    })
    expect(found[1]).toHaveProperty('credential', expect.stringMatching(/^[0-9a-f]{32}$/))
    expect(JSON.stringify(found)).not.toContain('canary')
    expect(head.every((byte) => byte === 0)).toBe(true)
    expect(found[2]).toMatchObject({ kind: 'network', op: 'close', domain: 'attacker.example.test', domainSource: 'http' })
  })

  test('that listen are told apart from those that go out', async () => {
    expect(
      await eventsOf('network', [tcp('listen', { local: { ip: '0.0.0.0', port: 80 }, remote: { ip: '0.0.0.0', port: 0 } })]),
    ).toMatchObject([{ op: 'listen', localPort: 80 }])
  })
})

describe('files and memory', () => {
  test('an opened file is created, written or, when secret, read', async () => {
    const found = await eventsOf('file', [
      open('/w/a', { created: true }),
      open('/w/a', { repeats: 4 }),
      open('/root/.ssh/id_rsa', { write: false, read: true, secret: 'ssh' }),
      open('/dev/null'),
    ])
    expect(found).toMatchObject([
      { op: 'create', path: '/w/a' },
      { op: 'write', count: 5 },
      { op: 'read', family: 'ssh' },
    ])
    expect(found).toHaveLength(3)
  })

  test('a token in a file name is taken out', async () => {
    const [found] = await eventsOf('file', [open(`/w/${['ghp', 'CANARYCANARYCANARYCANARY'].join('_')}.txt`)])
    expect(found?.path).toMatch(/^\/w\/‹redacted:[0-9a-f]{8}›\.txt$/)
    expect(found?.flags).toContain('redacted')
  })

  test("another process's memory names the process it belongs to; one's own is nobody's business", async () => {
    const found = await events([
      execOf(50, ['/r/bin/Runner.Worker'], { worker: true }),
      open('/proc/50/mem', { write: false, read: true, target: 50, secret: 'process-memory' }),
      open('/proc/101/mem', { write: false, read: true, target: 101, secret: 'process-memory' }),
      recordOf('memory', 101, { op: 'read', target: 50, request: 0, result: 4_096, repeats: 0 }),
      recordOf('memory', 101, { op: 'ptrace', target: 999, request: 16, result: -1, repeats: 0 }),
    ])
    expect(found.slice(1)).toMatchObject([
      { kind: 'memory', op: 'open-mem', target: 1, targetPid: 50, targetExe: '/r/bin/Runner.Worker', path: '/proc/50/mem' },
      { kind: 'memory', op: 'read', target: 1, result: 4_096 },
      { kind: 'memory', op: 'ptrace', target: 0, targetPid: 999, detail: 'PTRACE_ATTACH', result: -1 },
    ])
  })

  test('a rename keeps both names', async () => {
    const [found] = await eventsOf('file', [
      recordOf('path', 101, { op: 'rename', path: '/w/a', to: '/w/b', pathCut: false, result: 0, argument: 0 }),
    ])
    expect(found).toMatchObject({ op: 'rename', path: '/w/a', to: '/w/b', flags: ['after-call'] })
  })
})
