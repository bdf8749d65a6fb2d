/*
 * How: a small job with everything in it, and random ones, built and then checked against CycloneDX's own JSON schema (as its library ships
 * it) and against the in-toto shape written from its specification.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import type { Event } from '../event.ts'
import type { Job, JobEnd, Step } from '../job.ts'
import { Download, RuntimeTraceStatement, subjectOfRun, toCycloneDx, toRuntimeTrace, type BomInput } from './index.ts'

const UUID = '3e671687-395b-41f5-a30f-a58921a69b79'
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const START = 1_790_000_000_000_000

const job: Job = {
  id: UUID,
  run: {
    id: UUID,
    repository: 'octo/app',
    workflow: 'CI',
    githubId: '123',
    attempt: 2,
    ref: 'refs/heads/main',
    sha: '0123456789abcdef0123456789abcdef01234567',
  },
  name: 'build',
  runner: { name: 'runner', os: 'Debian', arch: 'x64', kernel: '6.1' },
  agent: { version: '0.1.0', object: SHA256 },
  capture: { mode: 'full', reasons: [] },
  startedAt: START,
}
const end: JobEnd = { finishedAt: START + 60_000_000, exitCode: 0, verdict: 'complete', events: 3, accounting: [], notes: [] }
const steps: Step[] = [
  { number: 1, name: 'Run npm ci', kind: 'run', stage: 'main', startedAt: START, finishedAt: START + 1, confidence: 1 },
  {
    number: 2,
    name: 'actions/setup-node',
    kind: 'action',
    stage: 'main',
    action: { repository: 'actions/setup-node', ref: 'v4' },
    startedAt: START + 2,
    confidence: 1,
  },
]
const download = (more: Partial<Download>): Download => ({
  purl: 'pkg:npm/%40babel/core@7.24.0',
  kind: 'package',
  ecosystem: 'npm',
  name: '@babel/core',
  version: '7.24.0',
  recognised: 'host',
  method: 'GET',
  scheme: 'https',
  host: 'registry.example.test',
  path: '/@babel/core/-/core-7.24.0.tgz',
  time: START + 5,
  step: 1,
  process: 7,
  ...more,
})
const downloads = [
  download({ sha256: SHA256 }),
  download({ step: 2, process: 8, host: 'mirror.example.test', recognised: 'path' }),
  download({
    purl: `pkg:oci/alpine@sha256:${SHA256}`,
    ecosystem: 'oci',
    name: 'library/alpine',
    version: `sha256:${SHA256}`,
    path: '/v2/library/alpine/manifests/x',
  }),
  download({ purl: 'pkg:maven/org.a/b@1', ecosystem: 'maven', name: 'org.a:b', version: '1', path: '/maven2/o rg/[%' }),
]
const input: BomInput = {
  job,
  end,
  steps,
  downloads,
  dropped: 0,
  commands: new Map([
    [
      1,
      [
        ['npm', 'ci'],
        ['sh', '-c', "echo 'it'"],
      ],
    ],
  ]),
  serialNumber: UUID,
  madeAt: START + 70_000_000,
}

const require = createRequire(import.meta.url)
const schemas = path.join(path.dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema')
const schemaOf = (name: string): object => JSON.parse(readFileSync(path.join(schemas, name), 'utf8')) as object
const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)
// ajv-formats has no international formats: the plain ones ask for more, which is the safe side here.
ajv.addFormat('iri-reference', (text: string) => ajv.validate({ type: 'string', format: 'uri-reference' }, text))
ajv.addFormat('idn-email', (text: string) => ajv.validate({ type: 'string', format: 'email' }, text))
ajv.addSchema(schemaOf('spdx.SNAPSHOT.schema.json'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json')
ajv.addSchema(schemaOf('jsf-0.82.SNAPSHOT.schema.json'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json')
const validate = ajv.compile(schemaOf('bom-1.6.SNAPSHOT.schema.json'))

function errorsOf(value: unknown): readonly unknown[] {
  return validate(JSON.parse(JSON.stringify(value))) ? [] : (validate.errors ?? [])
}

describe('the bill of materials', () => {
  const bom = toCycloneDx(input)

  test("fits CycloneDX's own schema, and that schema is really looking", () => {
    expect(errorsOf(bom)).toEqual([])
    expect(errorsOf({ ...bom, specVersion: 1.6 })).not.toEqual([])
    expect(errorsOf({ ...bom, components: [{ type: 'library' }] })).not.toEqual([])
  })

  test('has one component for a package that two steps fetched from two hosts', () => {
    const [babel] = bom.components
    expect(bom.components.map(({ type, name }) => [type, name])).toEqual([
      ['library', 'core'],
      ['container', 'library/alpine'],
      ['library', 'b'],
    ])
    expect(babel).toMatchObject({
      group: '@babel',
      version: '7.24.0',
      purl: 'pkg:npm/%40babel/core@7.24.0',
      hashes: [{ alg: 'SHA-256', content: SHA256 }],
    })
    expect(babel?.externalReferences?.map(({ url }) => new URL(url).host)).toEqual(['registry.example.test', 'mirror.example.test'])
    expect(babel?.properties?.filter(({ name }) => name === 'gatehouse:step').map(({ value }) => value)).toEqual(['1', '2'])
  })

  test('never says that it is complete', () => {
    expect(bom.compositions[0]?.aggregate).toBe('unknown')
    expect(toCycloneDx({ ...input, dropped: 1 }).compositions[0]?.aggregate).toBe('incomplete')
    expect(toCycloneDx({ ...input, end: { ...end, verdict: 'degraded' } }).compositions[0]?.aggregate).toBe('incomplete')
  })

  test('tells how the build was made, step by step', () => {
    const text = JSON.stringify(bom.formulation)
    expect(text).toContain('"executed":"npm ci"')
    expect(text).toContain(String.raw`sh -c 'echo '\\''it'\\'''`)
    expect(text).toContain('"gatehouse:action:ref","value":"v4"')
  })

  test('of a job without downloads is valid too', () => {
    expect(errorsOf(toCycloneDx({ ...input, downloads: [], steps: [], job: { ...job, run: { id: UUID } } }))).toEqual([])
  })
})

const events: Event[] = [
  { seq: 1, time: START, step: 1, process: 7, exe: '/usr/bin/node', kind: 'process', op: 'exec', pid: 12, startNs: 1, argv: ['npm', 'ci'] },
  {
    seq: 2,
    time: START,
    step: 1,
    process: 7,
    exe: '/usr/bin/node',
    kind: 'network',
    op: 'connect',
    flow: 1,
    protocol: 'tcp',
    ip: '192.0.2.1',
    port: 443,
    domain: 'registry.example.test',
    verdict: 'observed',
  },
  {
    seq: 3,
    time: START,
    step: 1,
    process: 7,
    exe: '/usr/bin/node',
    kind: 'network',
    op: 'close',
    flow: 1,
    protocol: 'tcp',
    ip: '192.0.2.1',
    port: 443,
    verdict: 'observed',
  },
  {
    seq: 4,
    time: START,
    step: 1,
    process: 7,
    exe: '/usr/bin/node',
    kind: 'network',
    op: 'send',
    flow: 2,
    protocol: 'raw',
    ip: '192.0.2.1',
    port: 0,
    verdict: 'observed',
  },
  { seq: 5, time: START, step: 1, process: 7, exe: '/usr/bin/node', kind: 'file', op: 'write', path: '/work/a b#c?.txt' },
]
const subject = subjectOfRun(job.run)!

describe('the runtime trace', () => {
  const statement = toRuntimeTrace({ job, end, steps, events, downloads, subject: [subject] })

  test('has the shape of the specification, and the shape is really looking', () => {
    expect([...Value.Errors(RuntimeTraceStatement, statement)]).toEqual([])
    expect(Value.Check(RuntimeTraceStatement, { ...statement, subject: [] })).toBe(false)
    const { monitor: _, ...rest } = statement.predicate
    expect(Value.Check(RuntimeTraceStatement, { ...statement, predicate: rest })).toBe(false)
  })

  test('is about the commit that was built, in this attempt of the run', () => {
    expect(statement.subject).toEqual([{ name: 'git+https://github.com/octo/app@refs/heads/main', digest: { gitCommit: job.run.sha } }])
    expect(statement.predicate.monitoredProcess.event).toBe('https://github.com/octo/app/actions/runs/123/attempts/2')
    expect(subjectOfRun({ id: UUID })).toBeNull()
  })

  test('lists connections once, without the port that raw sockets do not have', () => {
    expect(statement.predicate.monitorLog.network).toMatchObject([
      { ip: '192.0.2.1', hostname: 'registry.example.test', port: 443, protocol: 'tcp' },
      { protocol: 'raw' },
    ])
    expect(statement.predicate.monitorLog.network?.[1]).not.toHaveProperty('port')
  })

  test('names files by an address that can be read back', () => {
    const uri = statement.predicate.monitorLog.fileAccess?.[0]?.uri ?? ''
    expect(decodeURIComponent(new URL(uri).pathname)).toBe('/work/a b#c?.txt')
  })

  test('counts what it leaves out', () => {
    const short = toRuntimeTrace({ job, end, steps, events, downloads, subject: [subject], entriesMax: 1 })
    expect(short.predicate.monitorLog.network?.length).toBe(1)
    expect(short.predicate.metadata?.gatehouse).toMatchObject({ omitted: { process: 0, network: 1, fileAccess: 4 } })
  })
})

test('whatever names and paths a job makes up, both exports stay valid', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 })
  fc.assert(
    fc.property(text, text, text, (name, file, command) => {
      const odd = [download({ name: name === '' ? 'x' : name, path: `/${file}`, host: 'a.example.test' })]
      const bom = toCycloneDx({ ...input, downloads: odd, commands: new Map([[1, [[command]]]]), steps: [{ ...steps[0]!, name }] })
      expect(errorsOf(bom)).toEqual([])
      const file0: Event = { seq: 1, time: START, step: 1, process: 1, exe: '/x', kind: 'file', op: 'write', path: `/${file}` }
      const trace = toRuntimeTrace({ job, steps, events: [file0], downloads: odd, subject: [subject] })
      expect(Value.Check(RuntimeTraceStatement, JSON.parse(JSON.stringify(trace)))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('the download of the tests is one the schema knows', () => {
  for (const one of downloads) expect(Value.Check(Download, one)).toBe(true)
})
