/*
 * Records: the lines of a report and the content of a batch. A job's record is one `job`, then steps, events and findings as
 * they come, then one `end`. `gatehouse run --report` writes exactly these, one JSON object a line.
 */
import Type, { type Static } from 'typebox'
import { Event } from './event.ts'
import { Finding } from './finding.ts'
import { Job, JobEnd, SCHEMA_VERSION, Step } from './job.ts'

export type JobRecord = Static<typeof JobRecord>
export const JobRecord = Type.Object(
  { record: Type.Literal('job'), schema: Type.Literal(SCHEMA_VERSION, { description: 'Version of this language.' }), job: Job },
  { additionalProperties: false, description: 'The first line.' },
)
export type StepRecord = Static<typeof StepRecord>
export const StepRecord = Type.Object(
  { record: Type.Literal('step'), step: Step },
  { additionalProperties: false, description: 'A step started or ended.' },
)
export type EventRecord = Static<typeof EventRecord>
export const EventRecord = Type.Object(
  { record: Type.Literal('event'), event: Event },
  { additionalProperties: false, description: 'An event.' },
)
export type FindingRecord = Static<typeof FindingRecord>
export const FindingRecord = Type.Object(
  { record: Type.Literal('finding'), finding: Finding },
  { additionalProperties: false, description: 'A finding.' },
)
export type EndRecord = Static<typeof EndRecord>
export const EndRecord = Type.Object(
  { record: Type.Literal('end'), end: JobEnd },
  { additionalProperties: false, description: 'The last line.' },
)

export type JournalRecord = Static<typeof JournalRecord>
export const JournalRecord = Type.Union([JobRecord, StepRecord, EventRecord, FindingRecord, EndRecord], {
  $id: 'JournalRecord',
  description: 'One line of the record of a job.',
})
