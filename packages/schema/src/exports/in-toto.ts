/*
 * A job's trace as an in-toto Statement v1 with the predicate "Runtime Trace".
 * Specification: in-toto/attestation, spec/v1/statement.md and spec/predicates/runtime-trace.md. The type is v0.1; entries of `network` have the
 * field names that v0.2 recommends, which v0.1 leaves to the monitor, so a reader of either understands them.
 */
import Type, { type Static } from 'typebox'
import type { Event, FileEvent, NetworkEvent, ProcessEvent } from '../event.ts'
import type { Job, JobEnd, Run, Step } from '../job.ts'
import type { Download } from './download.ts'
import { isoTime } from './time.ts'

export const RUNTIME_TRACE_TYPE = 'https://in-toto.io/attestation/runtime-trace/v0.1'

const NonEmpty = (description: string) => Type.String({ minLength: 1, maxLength: 8_192, description })
const Digest = Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.String({ pattern: '^[0-9a-f]+$', maxLength: 256 }), {
  minProperties: 1,
  maxProperties: 16,
  description: 'Digests by algorithm, lower-case hex.',
})

/** spec/v1/resource_descriptor.md: at least one of uri, digest and content. */
export type ResourceDescriptor = Static<typeof ResourceDescriptor>
export const ResourceDescriptor = Type.Object(
  {
    name: Type.Optional(NonEmpty('Name, unique within its list.')),
    uri: Type.Optional(NonEmpty('Address of the resource.')),
    digest: Type.Optional(Digest),
    downloadLocation: Type.Optional(NonEmpty('Where it was fetched from.')),
    annotations: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Union([Type.String({ maxLength: 4_096 }), Type.Number(), Type.Boolean()]), {
        maxProperties: 16,
        description: 'What else is known.',
      }),
    ),
  },
  { additionalProperties: false, anyOf: [{ required: ['uri'] }, { required: ['digest'] }], description: 'A resource.' },
)

const Extension = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
  maxProperties: 64,
  description: 'An object whose fields the monitor chooses.',
})
const NetworkEntry = Type.Object(
  {
    ip: Type.Optional(NonEmpty('Remote address.')),
    hostname: Type.Optional(NonEmpty('Name of the remote host.')),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'Remote port.' })),
    protocol: Type.Optional(NonEmpty('Transport, lower case.')),
    invokingProcess: Type.Optional(Extension),
    step: Type.Optional(Type.Integer({ minimum: 0, description: 'Number of the step.' })),
    outcome: Type.Optional(NonEmpty('What came of it.')),
    verdict: Type.Optional(NonEmpty('What the policy decided.')),
    timestamp: Type.Optional(NonEmpty('When.')),
  },
  { additionalProperties: false, description: 'A connection.' },
)

export type RuntimeTraceStatement = Static<typeof RuntimeTraceStatement>
export const RuntimeTraceStatement = Type.Object(
  {
    _type: Type.Literal('https://in-toto.io/Statement/v1', { description: 'What this is.' }),
    subject: Type.Array(
      Type.Object(
        { name: NonEmpty('Name of what the trace is about.'), digest: Digest },
        { additionalProperties: false, description: 'A subject.' },
      ),
      { minItems: 1, maxItems: 1_000, description: 'What the trace is about.' },
    ),
    predicateType: Type.Literal(RUNTIME_TRACE_TYPE, { description: 'What the predicate is.' }),
    predicate: Type.Object(
      {
        monitor: Type.Object(
          { type: NonEmpty('Which monitor.'), configSource: Type.Optional(ResourceDescriptor), tracePolicy: Type.Optional(Extension) },
          { additionalProperties: false, description: 'Who watched.' },
        ),
        monitoredProcess: Type.Object(
          { hostID: NonEmpty('Where it ran.'), type: NonEmpty('What kind of process it was.'), event: NonEmpty('Which job.') },
          { additionalProperties: false, description: 'What was watched.' },
        ),
        monitorLog: Type.Object(
          {
            process: Type.Optional(Type.Array(Extension, { maxItems: 100_000, description: 'Processes.' })),
            network: Type.Optional(Type.Array(NetworkEntry, { maxItems: 100_000, description: 'Connections.' })),
            fileAccess: Type.Optional(Type.Array(ResourceDescriptor, { maxItems: 100_000, description: 'Files and downloads.' })),
          },
          { additionalProperties: false, minProperties: 1, description: 'What was seen.' },
        ),
        metadata: Type.Optional(
          Type.Object(
            {
              buildStartedOn: Type.Optional(NonEmpty('RFC 3339.')),
              buildFinishedOn: Type.Optional(NonEmpty('RFC 3339.')),
              gatehouse: Type.Optional(Extension),
            },
            { additionalProperties: false, description: 'About the observation.' },
          ),
        ),
      },
      { additionalProperties: false, description: 'The trace.' },
    ),
  },
  { $id: 'RuntimeTraceStatement', additionalProperties: false, description: 'An in-toto statement with the trace of a job.' },
)

export interface TraceInput {
  readonly job: Job
  readonly end?: JobEnd
  readonly steps: readonly Step[]
  readonly events: Iterable<Event>
  readonly downloads: readonly Download[]
  /** What the trace is about: artifacts with their digests, or `subjectOfRun`. At least one. */
  readonly subject: RuntimeTraceStatement['subject']
  /** Most entries of each list; what is left out is counted in the metadata. */
  readonly entriesMax?: number
}

/** The commit that was built, when artifacts are not known; null for a run without one. */
export function subjectOfRun(run: Run): RuntimeTraceStatement['subject'][number] | null {
  if (run.sha === undefined || !/^[0-9a-f]{40,64}$/.test(run.sha)) return null
  const place = run.repository === undefined ? 'commit' : `git+https://github.com/${run.repository}`
  return { name: run.ref === undefined ? place : `${place}@${run.ref}`, digest: { gitCommit: run.sha } }
}

const ENTRIES_MAX = 20_000

/** Builds the statement, in one pass over the events. Unsigned: an envelope (DSSE) is the caller's. */
export function toRuntimeTrace(input: TraceInput): RuntimeTraceStatement {
  const { job, end, steps } = input
  const max = input.entriesMax ?? ENTRIES_MAX
  const omitted = { process: 0, network: 0, fileAccess: 0 }
  const log = {
    process: [] as Static<typeof Extension>[],
    network: [] as Static<typeof NetworkEntry>[],
    fileAccess: [] as ResourceDescriptor[],
  }
  const add = <K extends keyof typeof log>(list: K, entry: (typeof log)[K][number]) => {
    if (log[list].length >= max) omitted[list] += 1
    // Safe: the entry is of this very list, which the type parameter ties together.
    else (log[list] as (typeof entry)[]).push(entry)
  }
  for (const event of input.events) {
    if (event.kind === 'process') add('process', processEntry(event))
    else if (event.kind === 'network' && (event.op === 'connect' || event.op === 'send')) add('network', networkEntry(event))
    else if (event.kind === 'file') add('fileAccess', fileEntry(event))
  }
  for (const download of input.downloads) add('fileAccess', downloadEntry(download))
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...input.subject],
    predicateType: RUNTIME_TRACE_TYPE,
    predicate: {
      monitor: {
        type: `urn:gatehouse:agent:${job.agent.version}`,
        tracePolicy: { capture: job.capture, ...(job.agent.object === undefined ? {} : { kernelObject: job.agent.object }) },
      },
      monitoredProcess: {
        hostID: job.run.githubId === undefined ? 'urn:gatehouse:host' : 'https://github.com',
        type: job.run.githubId === undefined ? 'urn:gatehouse:run' : 'https://actions.github.io/buildtypes/workflow/v1',
        event: eventOf(job),
      },
      monitorLog: log,
      metadata: {
        buildStartedOn: isoTime(job.startedAt),
        ...(end === undefined ? {} : { buildFinishedOn: isoTime(end.finishedAt) }),
        gatehouse: { job: job.id, steps, omitted, ...(end === undefined ? {} : { verdict: end.verdict, accounting: end.accounting }) },
      },
    },
  }
}

/** The address of the run, which is how the specification asks to tie a trace to other attestations. */
function eventOf({ run, id }: Job): string {
  if (run.githubId === undefined || run.repository === undefined) return `urn:uuid:${id}`
  return `https://github.com/${run.repository}/actions/runs/${run.githubId}/attempts/${run.attempt ?? 1}`
}

function processEntry(event: ProcessEvent): Static<typeof Extension> {
  return defined({
    eventType: event.op,
    processBinary: event.exe,
    arguments: event.argv,
    pid: event.pid,
    process: event.process,
    parent: event.parent,
    step: event.step,
    cwd: event.cwd,
    sha256: event.sha256,
    exitCode: event.exitCode,
    timestamp: isoTime(event.time),
  })
}

function networkEntry(event: NetworkEvent): Static<typeof NetworkEntry> {
  return {
    ip: event.ip,
    ...(event.domain === undefined ? {} : { hostname: event.domain }),
    // The specification has no port 0; raw sockets have none.
    ...(event.port === 0 ? {} : { port: event.port }),
    protocol: event.protocol,
    invokingProcess: { process: event.process, processBinary: event.exe },
    step: event.step,
    ...(event.outcome === undefined ? {} : { outcome: event.outcome }),
    verdict: event.verdict,
    timestamp: isoTime(event.time),
  }
}

function fileEntry(event: FileEvent): ResourceDescriptor {
  // An asynchronous observer has no digest of what was read or written at that moment, so none is given.
  return {
    name: event.path === '' ? '.' : event.path,
    uri: `file://${encodeURI(event.path.toWellFormed()).replaceAll(/[?#]/g, encodeURIComponent)}`,
    annotations: {
      operation: event.op,
      step: event.step,
      process: event.process,
      ...(event.to === undefined ? {} : { to: event.to }),
      ...(event.family === undefined ? {} : { family: event.family }),
    },
  }
}

function downloadEntry(download: Download): ResourceDescriptor {
  return {
    name: download.name,
    uri: download.purl,
    ...(download.sha256 === undefined ? {} : { digest: { sha256: download.sha256 } }),
    downloadLocation: `${download.scheme}://${download.host}${download.path}`,
    annotations: { operation: 'download', step: download.step, process: download.process },
  }
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
