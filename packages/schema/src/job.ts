/* A run, its jobs and their steps: GitHub's words, plus what the agent knows of itself. */
import Type, { type Static } from 'typebox'
import { Count, List, OneOf, Optional, Path, Share, Text, Time, Uuid } from './fields.ts'

export { SCHEMA_VERSION } from './version.ts'

/** The workflow run a job belongs to. Outside GitHub (`gatehouse run` on a laptop) only `id` is there. */
export type Run = Static<typeof Run>
export const Run = Type.Object(
  {
    id: Uuid('Identity of the run, the same on every machine that runs one of its jobs.'),
    repository: Optional(Text(200, 'owner/name on GitHub.')),
    workflow: Optional(Text(512, 'Name of the workflow.')),
    workflowRef: Optional(Text(1_024, 'Path and ref of the workflow file.')),
    number: Optional(Count('The run number that GitHub shows.')),
    githubId: Optional(Text(32, 'Id of the run on GitHub.')),
    attempt: Optional(Count('Attempt of the run, from 1.', 1_000_000)),
    event: Optional(Text(64, 'The event that started it, such as push.')),
    ref: Optional(Text(512, 'Git ref that was built.')),
    sha: Optional(Text(64, 'Commit that was built.')),
    actor: Optional(Text(100, 'Who caused the run.')),
  },
  { $id: 'Run', additionalProperties: false, description: 'A workflow run.' },
)

/** How a job was watched: `full`, or `degraded` with reasons. */
export type Capture = Static<typeof Capture>
export const Capture = Type.Object(
  {
    mode: OneOf(['full', 'degraded', 'none'], 'What the sensor could do: everything, some of it, or nothing.'),
    reasons: List(Text(512, 'One reason.'), 32, 'Why it is not full; empty when it is.'),
    replayed: Optional(Type.Boolean({ description: 'True when this is a recording that was played back, not a live capture.' })),
    scope: Optional(OneOf(['tree', 'cgroup'], 'What the sensor watched.')),
  },
  { additionalProperties: false, description: 'How the job was watched.' },
)

export type Verdict = Static<typeof Verdict>
export const Verdict = OneOf(
  ['complete', 'degraded', 'tampered'],
  'Whether the record of the job can be relied on: complete, with known gaps, or interfered with.',
)

export type Job = Static<typeof Job>
export const Job = Type.Object(
  {
    id: Uuid('Identity of this execution of the job.'),
    run: Run,
    name: Text(512, 'Name of the job, or the command line for `gatehouse run`.'),
    command: Optional(List(Text(8_192, 'One argument.'), 256, 'The command that was run, redacted.')),
    cwd: Optional(Path('Directory in which it was started.')),
    runner: Type.Object(
      {
        name: Text(256, 'Name of the runner or host.'),
        os: Text(128, 'Operating system.'),
        arch: Text(32, 'Processor architecture.'),
        kernel: Text(128, 'Kernel release.'),
      },
      { additionalProperties: false, description: 'Where it ran.' },
    ),
    agent: Type.Object(
      {
        version: Text(64, 'Version of the agent.'),
        object: Optional(Text(64, 'SHA-256 of the kernel object in use.')),
      },
      { additionalProperties: false, description: 'What watched it.' },
    ),
    capture: Capture,
    startedAt: Time('When the job started.'),
  },
  { $id: 'Job', additionalProperties: false, description: 'One execution of a job on a runner, as its agent announces it.' },
)

/** Losses and totals of one record type. Invariant: made = delivered + aggregated + lost. */
export type Accounting = Static<typeof Accounting>
export const Accounting = Type.Object(
  {
    type: Text(32, 'Kernel record type.'),
    ring: OneOf(['critical', 'bulk'], 'The ring buffer it travels through.'),
    made: Count('Seen by the kernel side.'),
    delivered: Count('Reached the agent as a record of their own.'),
    aggregated: Count('Counted into an earlier record of the same kind, on purpose.'),
    lost: Count('Could not be delivered.'),
  },
  { additionalProperties: false, description: 'What became of the records of one type.' },
)

export type JobEnd = Static<typeof JobEnd>
export const JobEnd = Type.Object(
  {
    finishedAt: Time('When the job ended.'),
    exitCode: Type.Integer({ minimum: 0, maximum: 255, description: 'Exit code of the command; 128 + n for signal n.' }),
    verdict: Verdict,
    events: Count('Events in the whole record.'),
    accounting: List(Accounting, 64, 'Per record type, what was made, delivered, aggregated and lost.'),
    notes: List(Text(512, 'One note.'), 64, 'What a reader must know about this record, in words.'),
  },
  { $id: 'JobEnd', additionalProperties: false, description: 'The last record of a job.' },
)

/** A third-party or local action, as `uses:` names it. */
export type ActionRef = Static<typeof ActionRef>
export const ActionRef = Type.Object(
  {
    repository: Text(200, 'owner/name, or `.` for an action of the workspace.'),
    path: Optional(Text(512, 'Folder of the action inside its repository.')),
    ref: Text(256, 'Tag, branch or commit, as written.'),
  },
  { additionalProperties: false, description: 'The action a step uses.' },
)

export type Step = Static<typeof Step>
export const Step = Type.Object(
  {
    number: Count('Number of the step within the job, from 1 in the order of their first process. 0 is "outside any step".', 65_535),
    name: Text(512, 'Its name: what the workflow says, else the id the runner gave it, else the command.'),
    kind: OneOf(['run', 'action', 'runner', 'command'], 'A shell script, an action, the runner itself, or the command of `gatehouse run`.'),
    stage: OneOf(['pre', 'main', 'post'], 'When the runner runs it.'),
    action: Optional(ActionRef),
    key: Optional(Text(64, 'The per-step id of the runner (its file-command GUID).')),
    process: Optional(Count('Number of the process that started it.')),
    startedAt: Time('When its first process started.'),
    finishedAt: Optional(Time('When its first process ended.')),
    exitCode: Optional(Type.Integer({ minimum: 0, maximum: 255, description: 'Exit code of its first process.' })),
    confidence: Share('How sure the attribution is; 1 is causal.'),
  },
  { $id: 'Step', additionalProperties: false, description: 'One step of a job. Sent when it starts and again when it ends.' },
)
