/*
 * An event as a row of the store and back, without loss. What people will hunt for has a column; the rest is JSON in `detail`.
 * A column holds its type's empty value when the field is absent; a field that is present and empty goes to `detail` as well, so
 * that the very event comes back.
 */
import { EVENT_KINDS, type Event, type EventKind } from '@gatehouse/schema'

/** Field of an event -> column, per kind. Columns shared by kinds hold the same sort of thing. */
const COLUMNS: Readonly<Record<EventKind, Readonly<Record<string, string>>>> = {
  process: { pid: 'pid', parent: 'parent', argv: 'argv', sha256: 'sha256' },
  file: { path: 'path' },
  network: { ip: 'ip', port: 'port', domain: 'domain', protocol: 'protocol', verdict: 'verdict' },
  dns: { server: 'ip', port: 'port', name: 'domain', transport: 'protocol' },
  http: { host: 'domain', ip: 'ip', port: 'port', path: 'path' },
  memory: { path: 'path', targetPid: 'pid' },
  system: {},
  loss: {},
}

/** Columns of every event. `kind` and `time` are written apart. */
const COMMON: Readonly<Record<string, string>> = { seq: 'seq', op: 'op', step: 'step', process: 'process', exe: 'exe' }

const EMPTY: Readonly<Record<string, unknown>> = {
  seq: 0,
  op: '',
  step: 0,
  process: 0,
  exe: '',
  pid: 0,
  parent: 0,
  sha256: '',
  path: '',
  ip: '',
  port: 0,
  domain: '',
  protocol: '',
  verdict: '',
}

/** What the store adds to an event. `week` decides the partition and never changes for a job. */
export interface RowContext {
  readonly org: number
  readonly job: string
  /** Monday of the week in which the server first heard of the job, YYYY-MM-DD. */
  readonly week: string
}

/** Columns as `toRow` writes them, after those of `rowHead`. */
const WRITTEN = ['kind', 'ts', ...Object.keys(EMPTY), 'argv', 'detail'] as const
/** Columns of a row as it is written, in their order. */
export const INSERT_COLUMNS: readonly string[] = ['org', 'job', 'week', ...WRITTEN]

const NO_ARGUMENTS: readonly string[] = []
const EMPTY_ROW: readonly unknown[] = WRITTEN.map((column) => (column === 'argv' ? NO_ARGUMENTS : (EMPTY[column] ?? '')))
const DETAIL = WRITTEN.indexOf('detail')
/** Place of a field in the row, per kind. */
const PLACES = new Map(
  EVENT_KINDS.map((kind) => {
    const columns = { kind: 'kind', time: 'ts', ...COMMON, ...COLUMNS[kind] }
    return [kind, new Map(Object.entries(columns).map(([field, column]) => [field, WRITTEN.indexOf(column)]))]
  }),
)

/** The part of a row that all events of a batch share. */
export function rowHead({ org, job, week }: RowContext): string {
  return `${JSON.stringify([org, job, week]).slice(0, -1)},`
}

/**
 * One line of JSONCompactEachRow with `INSERT_COLUMNS`. Every event of every job passes here, so it is written as one list: naming
 * columns in each row costs three times as much, and the store then reads twice as much text.
 */
export function toRow(head: string, event: Event): string {
  const places = PLACES.get(event.kind)
  const row = EMPTY_ROW.slice()
  let detail: Record<string, unknown> | undefined
  // Safe: events are plain objects, made by the decoder.
  const fields = event as Readonly<Record<string, unknown>>
  for (const field in fields) {
    const value = fields[field]
    const place = places?.get(field)
    // A field that is there and empty would not come back from its column. Those that every event has always come back.
    const lost = place === undefined || (value === EMPTY_ROW[place] && !(field in COMMON)) || (Array.isArray(value) && value.length === 0)
    if (lost) (detail ??= {})[field] = value
    else row[place] = value
  }
  row[0] = EVENT_KINDS.indexOf(event.kind) + 1
  if (detail !== undefined) row[DETAIL] = JSON.stringify(detail)
  return head + JSON.stringify(row).slice(1)
}

/** Columns that `fromRow` needs. */
export const ROW_COLUMNS = [
  'seq',
  'kind',
  'op',
  'step',
  'process',
  'exe',
  'pid',
  'parent',
  'argv',
  'sha256',
  'path',
  'ip',
  'port',
  'domain',
  'protocol',
  'verdict',
  'detail',
] as const

/** The event of a row, with `time` as microseconds since the epoch and numbers as JSON numbers or decimal text. */
export function fromRow(row: Readonly<Record<string, unknown>>): Event {
  const kind = EVENT_KINDS[Number(row['kind']) - 1]
  if (kind === undefined) throw new Error(`the store holds an event of unknown kind ${String(row['kind'])}`)
  const event: Record<string, unknown> = { kind, time: Number(row['time']) }
  for (const [field, column] of Object.entries(COMMON)) event[field] = plain(column, row[column])
  for (const [field, column] of Object.entries(COLUMNS[kind])) {
    const value = plain(column, row[column])
    if (column === 'argv' ? Array.isArray(value) && value.length > 0 : value !== EMPTY[column]) event[field] = value
  }
  const detail = row['detail']
  // Safe: written by toRow from a validated event.
  if (typeof detail === 'string' && detail !== '') Object.assign(event, JSON.parse(detail))
  return event as Event
}

/** 64-bit numbers come as text from some servers; all of ours fit a double. */
function plain(column: string, value: unknown): unknown {
  return typeof EMPTY[column] === 'number' ? Number(value) : value
}
