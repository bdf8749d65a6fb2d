/*
 * The event store: every statement that touches events, and no other module writes event SQL. The organization is the first parameter
 * of each. Settings stand in the text of a statement, because the embedded engine would keep those of a request for the next one.
 */
import { Agent } from 'node:http'
import { createClient, type ClickHouseClient } from '@clickhouse/client'
import { EVENT_KINDS, type Event, type EventKind } from '@gatehouse/schema'
import { EMBEDDED, type Deployment } from './ddl.ts'
import { NO_FACTS, type Facts } from './facts.ts'
import { huntIn, type HuntQuery, type HuntResult } from './hunt.ts'
import { migrateStore } from './migrate.ts'
import { fromRow, INSERT_COLUMNS, ROW_COLUMNS } from './row.ts'

/** Where the store is: the worker's socket, or the address of a ClickHouse server. */
export type StoreAddress = { readonly socket: string } | { readonly url: string }

/** Totals of a job that only its events know. */
interface EventCounts {
  readonly events: number
  readonly processes: number
  readonly destinations: number
  readonly files: number
  readonly lost: number
}

interface EventsQuery {
  readonly after: number
  readonly limit: number
  readonly kinds: readonly EventKind[]
  readonly step?: number
}

export interface EventStore {
  /** Writes rows of `toRow` in one block, and facts; resolves when they are on disk. Writing them again changes nothing. */
  readonly insert: (rows: readonly string[], facts?: Facts) => Promise<void>
  /** Events of a job by seq, each once. `more` says that the page ended before the events did. */
  readonly events: (org: number, job: string, query: EventsQuery) => Promise<{ readonly items: readonly Event[]; readonly more: boolean }>
  /** Which of these seqs are stored for the job. */
  readonly seqs: (org: number, job: string, seqs: readonly number[]) => Promise<ReadonlySet<number>>
  /** Totals per job; a job without events is absent. */
  readonly counts: (org: number, jobs: readonly string[]) => Promise<ReadonlyMap<string, EventCounts>>
  /** Answers a hunt over all events of the organization. */
  readonly hunt: (org: number, query: HuntQuery) => Promise<HuntResult>
  readonly ping: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Bounds of one read. A query that needs more fails instead of taking the machine with it. */
const READ_SETTINGS = 'SETTINGS max_memory_usage = 1000000000, max_execution_time = 30'
/** Rows of facts per insert when an older store is told all of them. */
const FACTS_AT_ONCE = 20_000
/** Splitting a block among threads costs a quarter more processor time and gains nothing where the processors are busy. */
const INSERT_SETTINGS = 'SETTINGS async_insert = 0, input_format_parallel_parsing = 0, max_threads = 1, max_insert_threads = 1'
const REQUEST_TIMEOUT_MS = 60_000
const CONNECTIONS = 8
/** Text of one page of events in the engine's memory and ours, in bytes. At least one event is always given. */
const PAGE_BYTES_MAX = 8_388_608

/**
 * Connects and brings the store to the newest state.
 *
 * @param earlier Facts of all jobs so far, asked for when the store has never been told them.
 */
export async function openEventStore(
  address: StoreAddress,
  earlier: () => AsyncIterable<Facts> = nothing,
  deployment: Deployment = EMBEDDED,
): Promise<EventStore> {
  const client = connect(address)
  const table = `${deployment.database}.events`
  const write = async (into: string, format: string, rows: readonly string[]): Promise<void> => {
    if (rows.length === 0) return
    await client.command({ query: `INSERT INTO ${deployment.database}.${into} ${INSERT_SETTINGS} FORMAT ${format}\n${rows.join('\n')}` })
  }
  const writeFacts = async ({ jobs, sightings }: Facts): Promise<void> => {
    await Promise.all([write('jobs', 'JSONEachRow', jobs), write('sightings', 'JSONEachRow', sightings)])
  }
  await migrateStore(client, deployment, async () => {
    // In groups: a store has as many parts as it got inserts.
    let jobs: string[] = []
    let sightings: string[] = []
    const flush = async (): Promise<void> => {
      await writeFacts({ jobs: jobs.splice(0), sightings: sightings.splice(0) })
    }
    for await (const facts of earlier()) {
      jobs.push(...facts.jobs)
      sightings.push(...facts.sightings)
      if (jobs.length + sightings.length > FACTS_AT_ONCE) await flush()
    }
    await flush()
  })

  return {
    async insert(rows, facts = NO_FACTS) {
      await Promise.all([write(`events (${INSERT_COLUMNS.join(',')})`, 'JSONCompactEachRow', rows), writeFacts(facts)])
    },

    async events(org, job, query) {
      const kinds = query.kinds.length === 0 ? EVENT_KINDS.map((_, index) => index + 1) : query.kinds.map(numberOf)
      const step = query.step === undefined ? '' : 'AND step = {step:UInt16}'
      const where = `org = {org:UInt32} AND kind IN (${kinds.join(',')}) AND job = {job:UUID} AND seq > {after:UInt64} ${step}`
      const params = { org, job, after: query.after, ...(query.step === undefined ? {} : { step: query.step }) }

      // Sizes first: a page of events with huge arguments must not be read into memory to find out that it is huge.
      const sizes = await rowsOf(
        client,
        `SELECT seq, any(length(detail) + length(path) + arraySum(argument -> length(argument), argv) + 400) AS size
         FROM ${table} WHERE ${where} GROUP BY seq ORDER BY seq LIMIT ${query.limit + 1} ${READ_SETTINGS}`,
        params,
      )
      const last = lastWithin(sizes, query.limit)
      if (last === undefined) return { items: [], more: false }

      const rows = await rowsOf(
        client,
        `SELECT ${ROW_COLUMNS.join(', ')}, toUnixTimestamp64Micro(ts) AS time
         FROM ${table} FINAL WHERE ${where} AND seq <= {last:UInt64} ORDER BY seq LIMIT 1 BY seq ${READ_SETTINGS}`,
        { ...params, last: last.seq },
      )
      return { items: rows.map(fromRow), more: last.index < sizes.length - 1 }
    },

    async seqs(org, job, seqs) {
      if (seqs.length === 0) return new Set()
      // As text of the statement, not as a parameter: those travel in the address, which thousands of numbers would not fit.
      const rows = await rowsOf(
        client,
        `SELECT DISTINCT seq FROM ${table} WHERE org = {org:UInt32} AND kind BETWEEN 1 AND ${EVENT_KINDS.length} AND job = {job:UUID}
         AND seq IN (${seqs.map(Math.trunc).join(',')}) ${READ_SETTINGS}`,
        { org, job },
      )
      return new Set(rows.map((row) => Number(row['seq'])))
    },

    async counts(org, jobs) {
      if (jobs.length === 0) return new Map()
      const rows = await rowsOf(
        client,
        `SELECT job, uniqExact(seq) AS events,
           uniqExactIf(process, kind = ${numberOf('process')}) AS processes,
           uniqExactIf((protocol, ip, port), kind = ${numberOf('network')} AND op IN ('connect', 'send')) AS destinations,
           uniqExactIf(path, kind = ${numberOf('file')} AND op != 'read') AS files,
           arraySum(mapValues(maxMapIf(map(seq, JSONExtractUInt(detail, 'count')), kind = ${numberOf('loss')}))) AS lost
         FROM ${table} WHERE org = {org:UInt32} AND kind BETWEEN 1 AND ${EVENT_KINDS.length} AND job IN {jobs:Array(UUID)}
         GROUP BY job ${READ_SETTINGS}`,
        { org, jobs },
      )
      return new Map(rows.map((row) => [String(row['job']), countsOf(row)]))
    },

    hunt: (org, query) => huntIn(client, deployment.database, org, query),
    ping: async () => (await client.ping()).success,
    close: () => client.close(),
  }
}

async function* nothing(): AsyncGenerator<Facts> {}

function connect(address: StoreAddress): ClickHouseClient {
  if ('url' in address) return createClient({ url: address.url, request_timeout: REQUEST_TIMEOUT_MS, max_open_connections: CONNECTIONS })
  // Node hands all options of an agent to the socket, this one too; its types do not say so.
  const agentOptions = { keepAlive: true, maxSockets: CONNECTIONS, socketPath: address.socket }
  return createClient({
    url: 'http://store',
    http_agent: new Agent(agentOptions),
    set_basic_auth_header: false,
    request_timeout: REQUEST_TIMEOUT_MS,
  })
}

/** Number of a kind in the store. */
function numberOf(kind: EventKind): number {
  return EVENT_KINDS.indexOf(kind) + 1
}

type Row = Readonly<Record<string, unknown>>

async function rowsOf(client: ClickHouseClient, query: string, params: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
  const result = await client.query({ query, query_params: params, format: 'JSONEachRow' })
  return await result.json<Row>()
}

/** The last row of a page: at most `limit` rows and `PAGE_BYTES_MAX` bytes, at least one row. */
function lastWithin(sizes: readonly Row[], limit: number): { readonly seq: number; readonly index: number } | undefined {
  let bytes = 0
  let last: { seq: number; index: number } | undefined
  for (const [index, row] of sizes.slice(0, limit).entries()) {
    bytes += Number(row['size'])
    if (last !== undefined && bytes > PAGE_BYTES_MAX) break
    last = { seq: Number(row['seq']), index }
  }
  return last
}

function countsOf(row: Row): EventCounts {
  return {
    events: Number(row['events']),
    processes: Number(row['processes']),
    destinations: Number(row['destinations']),
    files: Number(row['files']),
    lost: Number(row['lost']),
  }
}
