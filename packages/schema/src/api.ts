/*
 * Requests and responses of the HTTP API, one source for validation, types and OpenAPI. Server, console and CLI share it.
 * Routes:
 *   POST /v1/jobs/{job}/batches/{n}   agent: a batch (bearer token)          -> BatchAnswer
 *   GET  /v1/runs                     newest first, cursor paging             -> RunPage
 *   GET  /v1/runs/{run}               one run with jobs, steps, findings      -> RunDetail
 *   GET  /v1/jobs/{job}/events        events of a job, by seq                 -> EventPage
 *   POST /v1/hunts                    a question over all history            -> HuntAnswer
 *   POST /v1/hunts/export             the same, as a file of CSV or JSON
 *   GET  /v1/stream                   server-sent events: RunChange           (query: run, to narrow)
 *   GET  /v1/session                  who am I                                -> Session
 *   POST /v1/session                  exchange a one-time link for a session  -> Session
 *   DELETE /v1/session                sign out
 *   GET  /v1/health                   liveness and what the server stands on  -> Health
 */
import Type, { type Static } from 'typebox'
import { Event } from './event.ts'
import { Count, List, OneOf, Optional, Severity, Text, Time, Uuid } from './fields.ts'
import { Finding } from './finding.ts'
import { Job, JobEnd, Run, Step, Verdict } from './job.ts'

/** RFC 9457. Every error of the API has this body, as application/problem+json. */
export type Problem = Static<typeof Problem>
export const Problem = Type.Object(
  {
    type: Text(200, 'A URI reference that names the kind of problem.'),
    title: Text(200, 'The kind of problem, in words.'),
    status: Count('HTTP status.', 599),
    code: Text(64, 'Stable code for programs, such as BATCH_TOO_LARGE.'),
    detail: Optional(Text(2_048, 'What is wrong this time, and what to do.')),
  },
  { $id: 'Problem', additionalProperties: false, description: 'An error.' },
)

export type Rejection = Static<typeof Rejection>
export const Rejection = Type.Object(
  {
    line: Count('Line of the batch, from 1 (the header).'),
    reason: Text(256, 'Why it was not taken.'),
  },
  { additionalProperties: false, description: 'A record that was not taken.' },
)

export type BatchAnswer = Static<typeof BatchAnswer>
export const BatchAnswer = Type.Object(
  {
    acked: Count('Number of the batch that is now durable.'),
    accepted: Count('Records taken.'),
    rejected: Count('Records not taken.'),
    rejections: List(Rejection, 100, 'The first of them, with the reason.'),
    duplicate: Type.Boolean({ description: 'True when this very batch had been taken before.' }),
  },
  { $id: 'BatchAnswer', additionalProperties: false, description: 'What became of a batch. Sent only after it is durable.' },
)

export type RunState = Static<typeof RunState>
export const RunState = OneOf(['running', 'finished', 'lost'], 'Running, finished, or its agent fell silent.')

const Counts = Type.Object(
  {
    events: Count('Events.'),
    processes: Count('Processes.'),
    destinations: Count('Distinct remote endpoints.'),
    files: Count('Distinct files changed.'),
    findings: Count('Findings.'),
    lost: Count('Records lost.'),
  },
  { additionalProperties: false, description: 'Totals.' },
)

export type JobSummary = Static<typeof JobSummary>
export const JobSummary = Type.Object(
  {
    job: Job,
    state: RunState,
    end: Optional(JobEnd),
    counts: Counts,
    severity: Optional(Severity),
    seenAt: Time('When the server last heard of it.'),
    missingBatches: Optional(Count('Batches that are known to exist and have not come; left out when none is missing.')),
    rejectedRecords: Optional(Count('Records that were refused as invalid; left out when none was.')),
  },
  { $id: 'JobSummary', additionalProperties: false, description: 'A job with its totals.' },
)

export type RunSummary = Static<typeof RunSummary>
export const RunSummary = Type.Object(
  {
    run: Run,
    state: RunState,
    verdict: Optional(Verdict),
    startedAt: Time('When its first job started.'),
    finishedAt: Optional(Time('When its last job ended.')),
    exitCode: Optional(Count('Largest exit code of its jobs.', 255)),
    jobs: List(Text(512, 'Name of a job.'), 256, 'Names of its jobs.'),
    counts: Counts,
    severity: Optional(Severity),
    replayed: Type.Boolean({ description: 'True for a recording that was played back.' }),
    captureMode: OneOf(['full', 'degraded', 'none'], 'The weakest capture of its jobs.'),
  },
  { $id: 'RunSummary', additionalProperties: false, description: 'A run in a list.' },
)

export type RunQuery = Static<typeof RunQuery>
export const RunQuery = Type.Object(
  {
    before: Optional(Text(64, 'Cursor: `next` of the page before.')),
    limit: Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Runs per page.' })),
    search: Optional(Text(200, 'Only runs whose repository, workflow, job, actor or ref contains this.')),
    state: Optional(RunState),
  },
  { additionalProperties: false, description: 'Which runs.' },
)

export type RunPage = Static<typeof RunPage>
export const RunPage = Type.Object(
  {
    items: List(RunSummary, 200, 'Runs, newest first.'),
    next: Optional(Text(64, 'Pass as `before` for the next page; absent on the last.')),
  },
  { $id: 'RunPage', additionalProperties: false, description: 'A page of runs.' },
)

export type JobDetail = Static<typeof JobDetail>
export const JobDetail = Type.Object(
  {
    summary: JobSummary,
    steps: List(Step, 4_096, 'Its steps, in order.'),
    findings: List(Finding, 10_000, 'Its findings, in time order.'),
    findingsOmitted: Count('Findings beyond that list.'),
  },
  { $id: 'JobDetail', additionalProperties: false, description: 'A job with its steps and findings.' },
)

export type RunDetail = Static<typeof RunDetail>
export const RunDetail = Type.Object(
  { run: RunSummary, jobs: List(JobDetail, 256, 'Its jobs.') },
  { $id: 'RunDetail', additionalProperties: false, description: 'A run with everything but its events.' },
)

export type EventQuery = Static<typeof EventQuery>
export const EventQuery = Type.Object(
  {
    after: Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0, description: 'Only events with a greater seq.' }),
    ),
    limit: Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 5_000, description: 'Events per page.' })),
    kind: Optional(
      List(OneOf(['process', 'file', 'network', 'dns', 'http', 'memory', 'system', 'loss'], 'A kind.'), 8, 'Only these kinds.'),
    ),
    step: Optional(Count('Only this step.', 65_535)),
  },
  { additionalProperties: false, description: 'Which events.' },
)

export type EventPage = Static<typeof EventPage>
export const EventPage = Type.Object(
  {
    items: List(Event, 10_000, 'Events by seq.'),
    next: Optional(Count('Pass as `after` for the next page; absent when this was the newest event so far.')),
  },
  { $id: 'EventPage', additionalProperties: false, description: 'A page of events.' },
)

const HuntText = Text(2_000, 'The query, such as `domain:*.example.test and not repository:acme/*`; docs/hunting.md has the language.')

export type HuntRequest = Static<typeof HuntRequest>
export const HuntRequest = Type.Object(
  {
    query: HuntText,
    after: Optional(Text(64, 'Cursor: `next` of the page before.')),
    limit: Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Runs per page.' })),
    samples: Optional(Type.Integer({ minimum: 0, maximum: 5, default: 1, description: 'Sample events per run.' })),
  },
  { $id: 'HuntRequest', additionalProperties: false, description: 'A question over all history.' },
)

export type HuntPlace = Static<typeof HuntPlace>
export const HuntPlace = Type.Object(
  {
    job: Uuid('The job.'),
    jobName: Optional(Text(512, 'Its name, when it has been announced.')),
    step: Count('Number of the step; 0 outside any step.', 65_535),
    first: Time('First sighting there.'),
    last: Time('Last sighting there.'),
    events: Count('Matching events there.'),
  },
  { additionalProperties: false, description: 'A step in which it was seen.' },
)

export type HuntRun = Static<typeof HuntRun>
export const HuntRun = Type.Object(
  {
    run: Uuid('The run; the job itself while nobody has told which run it belongs to.'),
    announced: Type.Boolean({ description: 'Whether the run is known; else `run` is the id of a job.' }),
    repository: Optional(Text(200, 'owner/name on GitHub.')),
    workflow: Optional(Text(512, 'Name of the workflow.')),
    first: Time('First sighting in the run.'),
    last: Time('Last sighting in the run.'),
    events: Count('Matching events.'),
    places: List(HuntPlace, 50, 'Steps in which it was seen, by first sighting.'),
    placesOmitted: Count('Steps beyond that list.'),
    samples: List(
      Type.Object({ job: Uuid('The job.'), event: Event }, { additionalProperties: false, description: 'A matching event.' }),
      5,
      'A few matching events of the first of those jobs.',
    ),
  },
  { $id: 'HuntRun', additionalProperties: false, description: 'A run in which it was seen.' },
)

const HuntCounts = (key: string, max: number, description: string) =>
  List(
    Type.Object(
      { key: Text(200, key), runs: Count('Runs.'), events: Count('Matching events.') },
      { additionalProperties: false, description: 'Runs and events.' },
    ),
    max,
    description,
  )

export type HuntAnswer = Static<typeof HuntAnswer>
export const HuntAnswer = Type.Object(
  {
    query: Text(8_000, 'The query in its canonical form, with times made absolute: ask for the next page with it.'),
    source: OneOf(
      ['sightings', 'events'],
      'Where the answer comes from. Sightings count an event again that was sent twice around a crash; what was seen, and when, is exact in both.',
    ),
    runs: List(HuntRun, 200, 'Runs, the newest sighting first.'),
    next: Optional(Text(64, 'Pass as `after` for the next page; absent on the last.')),
    totals: Type.Object(
      { runs: Count('Runs in which it was seen.'), events: Count('Matching events.') },
      { additionalProperties: false, description: 'Over all pages.' },
    ),
    byRepository: HuntCounts('owner/name; empty when unknown.', 200, 'Over all pages, most runs first.'),
    byDay: HuntCounts('YYYY-MM-DD, UTC.', 800, 'Over all pages, by day of the first sighting in a run.'),
    milliseconds: Count('How long it took.'),
  },
  { $id: 'HuntAnswer', additionalProperties: false, description: 'What a hunt found.' },
)

export type HuntExportRequest = Static<typeof HuntExportRequest>
export const HuntExportRequest = Type.Object(
  { query: HuntText, format: OneOf(['csv', 'json'], 'Form of the file.') },
  { $id: 'HuntExportRequest', additionalProperties: false, description: 'A hunt whose answer is to be a file.' },
)

/** What /v1/stream sends, as the `data` of an SSE message named `run`. Readers fetch what they need. */
export type RunChange = Static<typeof RunChange>
export const RunChange = Type.Object(
  {
    run: Uuid('The run that changed.'),
    job: Uuid('The job that changed.'),
    seq: Count('Highest seq stored for the job.'),
    state: RunState,
  },
  { $id: 'RunChange', additionalProperties: false, description: 'A run has something new.' },
)

export type SignIn = Static<typeof SignIn>
export const SignIn = Type.Object(
  { code: Text(64, 'The one-time code of the sign-in link.') },
  { $id: 'SignIn', additionalProperties: false, description: 'A one-time sign-in.' },
)

export type Session = Static<typeof Session>
export const Session = Type.Object(
  {
    user: Text(100, 'Who is signed in.'),
    organization: Text(100, 'The organization they see.'),
    expiresAt: Time('When the session ends.'),
  },
  { $id: 'Session', additionalProperties: false, description: 'The session of the caller.' },
)

export type Health = Static<typeof Health>
export const Health = Type.Object(
  {
    status: OneOf(['ok', 'degraded'], 'Whether everything works.'),
    version: Text(64, 'Version of the server.'),
    store: OneOf(['ready', 'starting', 'down'], 'State of the event store.'),
  },
  { $id: 'Health', additionalProperties: false, description: 'State of the server.' },
)
