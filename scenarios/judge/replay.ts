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
  const records = recorded.map((record): JournalRecord => {
    switch (record.record) {
      case 'job':
        return {
          ...record,
          job: {
            ...record.job,
            id: job,
            run: { ...record.job.run, id: run },
            startedAt: record.job.startedAt + shift,
            capture: { ...record.job.capture, replayed: true },
          },
        }
      case 'step': {
        const { finishedAt } = record.step
        const moved = { ...record.step, startedAt: record.step.startedAt + shift }
        return { ...record, step: finishedAt === undefined ? moved : { ...moved, finishedAt: finishedAt + shift } }
      }
      case 'event':
        return { ...record, event: { ...record.event, time: record.event.time + shift } }
      case 'finding':
        return { ...record, finding: { ...record.finding, id: uuid(), time: record.finding.time + shift } }
      case 'end':
        return { ...record, end: { ...record.end, finishedAt: record.end.finishedAt + shift, notes: [note, ...record.end.notes] } }
      default:
        return record
    }
  })
  return { header, records, run, job }
}
