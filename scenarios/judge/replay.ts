/* Makes a recording a run of today: new identities, times moved to end now, and marked as what it is. */
import type { JournalRecord } from '@gatehouse/schema'
import type { RecordingHeader } from './recorder.ts'

export interface Replay {
  readonly header: RecordingHeader
  readonly records: readonly JournalRecord[]
  readonly run: string
  readonly job: string
}

/**
 * Reads the lines of a recording and gives them new identities.
 * @param nowUs The time, in microseconds since the epoch, at which the job is to have ended.
 * @param uuid Makes an identity.
 * @param note What a reader must know, such as why it is a replay.
 * @throws {Error} when it is no recording, or one of another version.
 */
export function prepareReplay(lines: readonly string[], nowUs: number, uuid: () => string, note: string): Replay {
  const [first = '', ...rest] = lines.filter(Boolean)
  // Safe: checked right below, and the rest was written by our recorder.
  const header = JSON.parse(first) as RecordingHeader
  if (header.recording !== 1) throw new Error('this is no recording of a scenario, or one of another version')
  const recorded = rest.map((line) => JSON.parse(line) as JournalRecord)
  const end = recorded.at(-1)
  if (end?.record !== 'end') throw new Error('the recording is cut short: it has no end')

  const shift = nowUs - end.end.finishedAt
  const run = uuid()
  const job = uuid()
  const records = recorded.map((record) => renewed(record, { shift, run, job, uuid, note }))
  return { header, records, run, job }
}

interface Renewal {
  /** Microseconds to add to every time. */
  readonly shift: number
  readonly run: string
  readonly job: string
  readonly uuid: () => string
  readonly note: string
}

function renewed(recorded: JournalRecord, { shift, run, job, uuid, note }: Renewal): JournalRecord {
  // A copy that may be written to, so that each kind names only what changes.
  const record = structuredClone(recorded)
  switch (record.record) {
    case 'job':
      record.job.id = job
      record.job.run.id = run
      record.job.startedAt += shift
      record.job.capture.replayed = true
      break
    case 'step':
      record.step.startedAt += shift
      if (record.step.finishedAt !== undefined) record.step.finishedAt += shift
      break
    case 'event':
      record.event.time += shift
      break
    case 'finding':
      record.finding.id = uuid()
      record.finding.time += shift
      break
    case 'end':
      record.end.finishedAt += shift
      record.end.notes.unshift(note)
  }
  return record
}
