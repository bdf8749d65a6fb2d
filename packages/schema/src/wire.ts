/*
 * The batch wire, sender's half: NDJSON whose first line is a header and whose other lines are records with short keys
 * (wire-keys.ts), without the fields that are absent. Times count from the header's `clock`, the seq of an event from its `seq0`.
 * The bodies of encoders and decoders are generated from the schemas (tools/generate-wire.ts). The receiver's half, which needs
 * compiled validators, is validate.ts. Nothing here loads a schema: a sender starts with every job.
 */
import type { BatchHeader } from './batch-header.ts'
import type { JournalRecord } from './record.ts'
import { SCHEMA_VERSION } from './version.ts'
import { encodeEvent, encodeFinding, encodeJob, encodeJobEnd, encodeStep, type WireObject } from './wire.generated.ts'

/** Limits of one batch. The server refuses what is larger; a sender cuts before. Sizes in bytes. */
export const BATCH_LIMITS = {
  /** As sent, compressed or not. */
  sentBytes: 1_048_576,
  /** After decompression. */
  bytes: 8_388_608,
  records: 5_000,
  /** One line; longer ones are rejected alone. */
  lineBytes: 262_144,
} as const

/** Media type of a batch. */
export const BATCH_MEDIA_TYPE = 'application/x-ndjson'

/** What a sender decides about a batch; the rest of its header follows from the records. */
export interface BatchMeta {
  readonly job: string
  /** From 1; a batch that is sent again keeps its number and its content. */
  readonly n: number
  /** Microseconds since the Unix epoch. */
  readonly clock: number
  readonly agent: string
  readonly final: boolean
}

/** Value of `r` for records that are not events; an event has no `r`. */
export const RECORD_NUMBERS = { job: 1, step: 2, finding: 3, end: 4 } as const

/**
 * The text of a batch, header first, each line ended by a newline. Records must be valid (this does not check) and no more than
 * `BATCH_LIMITS.records`; an empty batch is fine and tells the server that the job is alive.
 */
export function encodeBatch(meta: BatchMeta, records: readonly JournalRecord[]): string {
  let seq0 = Number.MAX_SAFE_INTEGER
  for (const record of records) if (record.record === 'event' && record.event.seq < seq0) seq0 = record.event.seq
  if (seq0 === Number.MAX_SAFE_INTEGER) seq0 = 0

  const header: BatchHeader = { v: SCHEMA_VERSION, ...pick(meta), seq0, count: records.length }
  const base = { seq: seq0, time: meta.clock }
  let text = `${JSON.stringify(header)}\n`
  for (const record of records) text += `${JSON.stringify(encodeRecord(record, base))}\n`
  return text
}

/** What `seq` and times of a batch count from. */
export interface WireBase {
  readonly seq: number
  readonly time: number
}

function encodeRecord(record: JournalRecord, base: WireBase): WireObject {
  switch (record.record) {
    case 'event':
      return encodeEvent(record.event, base)
    case 'step':
      return { r: RECORD_NUMBERS.step, ...encodeStep(record.step, base) }
    case 'finding':
      return { r: RECORD_NUMBERS.finding, ...encodeFinding(record.finding, base) }
    case 'job':
      return { r: RECORD_NUMBERS.job, ...encodeJob(record.job, base) }
  }
  return { r: RECORD_NUMBERS.end, ...encodeJobEnd(record.end, base) }
}

function pick(meta: BatchMeta): BatchMeta {
  return { job: meta.job, n: meta.n, clock: meta.clock, agent: meta.agent, final: meta.final }
}
