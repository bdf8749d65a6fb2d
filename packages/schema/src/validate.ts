/*
 * The receiver's half of the batch wire, and compiled validators. An entry of its own (`@gatehouse/schema/validate`), so that who
 * only needs types and names, such as the console, does not carry the compiler.
 */
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Rejection } from './api.ts'
import { EVENT_KINDS, DnsEvent, FileEvent, HttpEvent, LossEvent, MemoryEvent, NetworkEvent, ProcessEvent, SystemEvent } from './event.ts'
import type { Event } from './event.ts'
import { Finding } from './finding.ts'
import { Job, JobEnd, SCHEMA_VERSION, Step } from './job.ts'
import type { JournalRecord } from './record.ts'
import { decodeEvent, decodeFinding, decodeJob, decodeJobEnd, decodeStep } from './wire.generated.ts'
import type { DecodeTally, WireObject } from './wire.generated.ts'
import { BatchHeader } from './batch-header.ts'
import { BATCH_LIMITS, RECORD_NUMBERS } from './wire.ts'
import type { WireBase } from './wire.ts'

/** A compiled check of one schema. */
export interface Validator<T> {
  readonly check: (value: unknown) => value is T
  /** Where and why a value fails, in one line of at most 256 characters. Never repeats the value: it may hold a secret. */
  readonly explain: (value: unknown) => string
}

const REASON_LENGTH_MAX = 256

/** Compiles a schema; costs about a millisecond, so do it once. */
export function validator<T>(schema: TSchema): Validator<T> {
  const compiled = Compile(schema)
  return {
    check: (value): value is T => compiled.Check(value),
    explain(value) {
      const first = compiled.Errors(value)[0]
      if (first === undefined) return 'is valid'
      const where = first.instancePath === '' ? 'record' : first.instancePath.slice(1).replaceAll('/', '.')
      return `${where} ${first.message}`.slice(0, REASON_LENGTH_MAX)
    },
  }
}

const header = validator<BatchHeader>(BatchHeader)
const events: Readonly<Record<Event['kind'], Validator<Event>>> = {
  process: validator(ProcessEvent),
  file: validator(FileEvent),
  network: validator(NetworkEvent),
  dns: validator(DnsEvent),
  http: validator(HttpEvent),
  memory: validator(MemoryEvent),
  system: validator(SystemEvent),
  loss: validator(LossEvent),
}
const job = validator<Job>(Job)
const step = validator<Step>(Step)
const finding = validator<Finding>(Finding)
const end = validator<JobEnd>(JobEnd)

/** A record of a batch and the line it came from (1 is the header). */
export interface DecodedRecord {
  readonly line: number
  readonly record: JournalRecord
}

/** What a batch held. Bad lines are left out and reported; they never cost the others. */
export interface DecodedBatch {
  readonly header: BatchHeader
  readonly records: readonly DecodedRecord[]
  readonly rejected: number
  /** The first `REJECTIONS_SHOWN` of them. */
  readonly rejections: readonly Rejection[]
  /** Fields nobody here knows, left out: a newer agent is talking. */
  readonly unknownFields: number
}

/** Why a batch as a whole cannot be read. */
export type BatchFault = 'BATCH_MALFORMED' | 'BATCH_TOO_LARGE' | 'SCHEMA_UNSUPPORTED'
export type DecodeResult =
  | { readonly ok: true; readonly batch: DecodedBatch }
  | { readonly ok: false; readonly code: BatchFault; readonly detail: string }

/** Rejections that an answer lists; further ones are only counted. */
export const REJECTIONS_SHOWN = 100

/**
 * Reads a batch: header, then records line by line. Never throws.
 *
 * @param text The inflated body. Its size is the caller's to bound (`BATCH_LIMITS.bytes`).
 * @returns A fault when the header cannot be trusted or the number of lines is not what it promises (a cut body must not pass for a
 *   whole one); else the batch with its valid records.
 */
export function decodeBatch(text: string): DecodeResult {
  const lines = splitLines(text)
  const tally: DecodeTally = { unknown: 0 }
  const head = readHeader(lines[0] ?? '', tally)
  if (!head.ok) return head
  const { count, seq0, clock } = head.header
  if (lines.length - 1 !== count) {
    return fault('BATCH_MALFORMED', `the header promises ${count} records, the body has ${lines.length - 1}`)
  }

  const base: WireBase = { seq: seq0, time: clock }
  const records: DecodedRecord[] = []
  const rejections: Rejection[] = []
  let rejected = 0
  for (let index = 1; index < lines.length; index++) {
    const read = readLine(lines[index] ?? '', base, tally)
    if (typeof read === 'string') {
      rejected++
      if (rejections.length < REJECTIONS_SHOWN) rejections.push({ line: index + 1, reason: read })
    } else {
      records.push({ line: index + 1, record: read })
    }
  }
  return { ok: true, batch: { header: head.header, records, rejected, rejections, unknownFields: tally.unknown } }
}

/** Lines of the text; the newline after the last one is optional. Stops one beyond the limit, which is enough to know. */
function splitLines(text: string): string[] {
  const lines: string[] = []
  let from = 0
  while (from < text.length && lines.length <= BATCH_LIMITS.records + 1) {
    const to = text.indexOf('\n', from)
    if (to === -1) {
      lines.push(text.slice(from))
      break
    }
    lines.push(text.slice(from, to))
    from = to + 1
  }
  return lines
}

function readHeader(
  line: string,
  tally: DecodeTally,
): { readonly ok: true; readonly header: BatchHeader } | Extract<DecodeResult, { ok: false }> {
  const value = line.length > 4_096 ? undefined : parseObject(line)
  if (value === undefined) return fault('BATCH_MALFORMED', 'line 1 is not a batch header: a JSON object of at most 4096 characters')
  // The version comes first: about the rest of another version's header we know nothing.
  if (typeof value['v'] === 'number' && value['v'] !== SCHEMA_VERSION) {
    return fault(
      'SCHEMA_UNSUPPORTED',
      `the batch has version ${value['v']} of the event language, this server reads version ${SCHEMA_VERSION}`,
    )
  }
  if (typeof value['count'] === 'number' && value['count'] > BATCH_LIMITS.records) {
    return fault('BATCH_TOO_LARGE', `a batch holds at most ${BATCH_LIMITS.records} records`)
  }
  const known: WireObject = {}
  for (const [key, field] of Object.entries(value)) {
    if (Object.hasOwn(BatchHeader.properties, key)) known[key] = field
    else tally.unknown++
  }
  if (!header.check(known)) return fault('BATCH_MALFORMED', `header: ${header.explain(known)}`)
  return { ok: true, header: known }
}

/** The record of a line, or why it is none. */
function readLine(line: string, base: WireBase, tally: DecodeTally): JournalRecord | string {
  if (line.length > BATCH_LIMITS.lineBytes) return `line is longer than ${BATCH_LIMITS.lineBytes} characters`
  try {
    const value = parseObject(line)
    return value === undefined ? 'not a JSON object' : readRecord(value, base, tally)
  } catch {
    // Nesting deep enough to exhaust the stack ends here.
    return 'cannot be read'
  }
}

function readRecord(w: WireObject, base: WireBase, tally: DecodeTally): JournalRecord | string {
  switch (w['r']) {
    case undefined: {
      const event = decodeEvent(w, base, tally)
      if (event === undefined) return 'neither a known record (r) nor a known kind of event (k)'
      // Safe: decodeEvent sets `kind` itself.
      const kind = event['kind'] as Event['kind']
      return events[kind].check(event) ? { record: 'event', event } : events[kind].explain(event)
    }
    case RECORD_NUMBERS.job: {
      const value = decodeJob(w, base, tally)
      return job.check(value) ? { record: 'job', schema: SCHEMA_VERSION, job: value } : job.explain(value)
    }
    case RECORD_NUMBERS.step: {
      const value = decodeStep(w, base, tally)
      return step.check(value) ? { record: 'step', step: value } : step.explain(value)
    }
    case RECORD_NUMBERS.finding: {
      const value = decodeFinding(w, base, tally)
      return finding.check(value) ? { record: 'finding', finding: value } : finding.explain(value)
    }
    case RECORD_NUMBERS.end: {
      const value = decodeJobEnd(w, base, tally)
      return end.check(value) ? { record: 'end', end: value } : end.explain(value)
    }
    default:
      return 'neither a known record (r) nor a known kind of event (k)'
  }
}

function parseObject(line: string): WireObject | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  // Half a surrogate pair can only be written as an escape. No store takes it, so one event would sink its whole group.
  const whole = /\\u[dD][89a-fA-F]/.test(line) ? wellFormed(value) : value
  // Safe: a JSON object, checked above.
  return whole as WireObject
}

/** The same value with every half surrogate replaced by U+FFFD, in names too. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]))
}

function fault(code: BatchFault, detail: string): Extract<DecodeResult, { ok: false }> {
  return { ok: false, code, detail }
}

/** Every kind has a validator; used by tests and by readers of reports. */
export function checkEvent(value: unknown): value is Event {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  const kind = EVENT_KINDS.find((known) => known === value.kind)
  return kind !== undefined && events[kind].check(value)
}
