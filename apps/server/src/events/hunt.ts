/* The queries of a hunt: what was found by run, with totals, and a few of the events themselves. */
import type { ClickHouseClient } from '@clickhouse/client'
import type { Event } from '@gatehouse/schema'
import type { HuntExpression } from '@gatehouse/schema/hunt'
import { AppError } from '../problem.ts'
import { binder, planHunt } from './hunt-sql.ts'
import { fromRow, ROW_COLUMNS } from './row.ts'

export interface HuntQuery {
  readonly expression: HuntExpression
  /** Runs per page. */
  readonly limit: number
  /** Sample events per run. */
  readonly samples: number
  /** The last run of the page before. */
  readonly after?: HuntPosition
}

/** A place in the order of results: newest sighting first, then by run. */
export interface HuntPosition {
  readonly last: number
  readonly run: string
}

export interface HuntPlace {
  readonly job: string
  readonly jobName: string
  readonly step: number
  readonly first: number
  readonly last: number
  readonly events: number
}

export interface FoundRun {
  /** Identity of the run; of the job, when nobody has told yet whose it is. */
  readonly run: string
  readonly announced: boolean
  readonly repository: string
  readonly workflow: string
  readonly first: number
  readonly last: number
  readonly events: number
  readonly places: readonly HuntPlace[]
  readonly placeCount: number
  readonly samples: readonly { readonly job: string; readonly event: Event }[]
}

/** Runs and events under one key, such as a repository. */
export interface HuntCount {
  readonly key: string
  readonly runs: number
  readonly events: number
}

export interface HuntResult {
  readonly source: 'sightings' | 'events'
  readonly runs: readonly FoundRun[]
  readonly more: boolean
  readonly totals: { readonly runs: number; readonly events: number }
  /** By repository, most runs first; `''` when unknown. */
  readonly byRepository: readonly HuntCount[]
  /** By day (UTC) of the first sighting in a run, oldest first. */
  readonly byDay: readonly HuntCount[]
}

/**
 * Bounds of one hunt. The condition cache is off: it would
 * let a hunt be fast only because somebody asked before, and holds memory.
 */
const SETTINGS = 'SETTINGS max_memory_usage = 1200000000, max_execution_time = 25, use_query_condition_cache = 0'
const PLACES_MAX = 50
const REPOSITORIES_MAX = 200
const DAYS_MAX = 800
/** Codes of the engine for a query that took too long or too much memory. */
const TOO_MUCH: ReadonlySet<string> = new Set(['159', '160', '241', '307', '396'])

/**
 * Runs a hunt.
 *
 * @throws {AppError} HUNT_TOO_LARGE when it exceeds its time or memory.
 */
export async function huntIn(client: ClickHouseClient, database: string, org: number, query: HuntQuery): Promise<HuntResult> {
  const bound = binder(org)
  const scope = { ...bound, database }
  const plan = planHunt(scope, query.expression)
  const after =
    query.after === undefined ? '1' : `(last, run) < (${scope.bind('Int64', query.after.last)}, ${scope.bind('String', query.after.run)})`
  const rows = await rowsOf(
    client,
    `SELECT count() AS runs, sum(found) AS events,
       sumMap(map(repository, 1)) AS repositoryRuns, sumMap(map(repository, found)) AS repositoryEvents,
       sumMap(map(day, 1)) AS dayRuns, sumMap(map(day, found)) AS dayEvents,
       arraySlice(arrayReverseSort(groupArrayIf((last, run, announced, repository, workflow, first, found, places, placeCount), ${after})), 1, ${query.limit + 1}) AS page
     FROM (
       SELECT run, max(known) AS announced, any(repository) AS repository, any(workflow) AS workflow,
         toUnixTimestamp64Micro(min(f)) AS first, toUnixTimestamp64Micro(max(l)) AS last, toString(toDate(min(f))) AS day,
         sum(c) AS found, count() AS placeCount,
         arraySlice(arraySort(groupArray((toUnixTimestamp64Micro(f), toString(job), step, toUnixTimestamp64Micro(l), c, name))), 1, ${PLACES_MAX}) AS places
       FROM (
         SELECT hits.job AS job, hits.step AS step, f, l, c, known, repository, workflow, name,
           if(known = 1, toString(jobs.run), toString(hits.job)) AS run
         FROM (${plan.hits}) AS hits
         LEFT JOIN (
           SELECT job, any(run) AS run, any(toString(repository)) AS repository, any(toString(workflow)) AS workflow, any(toString(name)) AS name, 1 AS known
           FROM ${database}.jobs WHERE org = {org:UInt32} GROUP BY job
         ) AS jobs ON hits.job = jobs.job
       ) GROUP BY run
     ) ${SETTINGS}`,
    bound.params,
  )
  const [row = {}] = rows
  const page = listOf(row['page']).map(toRun)
  const runs = page.slice(0, query.limit)
  const samples = await samplesOf(client, database, org, query, runs)
  return {
    source: plan.source,
    runs: runs.map((run) => Object.assign(run, { samples: samples.filter((sample) => sample.job === run.places[0]?.job) })),
    more: page.length > query.limit,
    totals: { runs: Number(row['runs'] ?? 0), events: Number(row['events'] ?? 0) },
    byRepository: countsOf(row['repositoryRuns'], row['repositoryEvents'])
      .toSorted((a, b) => b.runs - a.runs || (a.key < b.key ? -1 : 1))
      .slice(0, REPOSITORIES_MAX),
    byDay: countsOf(row['dayRuns'], row['dayEvents'])
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .slice(-DAYS_MAX),
  }
}

/** A few matching events of the first job of each run. */
async function samplesOf(
  client: ClickHouseClient,
  database: string,
  org: number,
  query: HuntQuery,
  runs: readonly FoundRun[],
): Promise<FoundRun['samples']> {
  const jobs = runs.flatMap((run) => run.places[0]?.job ?? [])
  if (jobs.length === 0 || query.samples === 0) return []
  const bound = binder(org)
  const { where } = planHunt({ ...bound, database }, query.expression)
  // Identities that came from the store, so they are safe as text; as parameters they would not fit an address.
  const list = jobs.filter((job) => /^[0-9a-f-]{36}$/.test(job)).map((job) => `'${job}'`)
  const rows = await rowsOf(
    client,
    `SELECT job, ${ROW_COLUMNS.join(', ')}, toUnixTimestamp64Micro(ts) AS time FROM ${database}.events FINAL
     WHERE job IN (${list.join(',')}) AND ${where} ORDER BY job, seq LIMIT ${query.samples} BY job ${SETTINGS}`,
    bound.params,
  )
  return rows.map((row) => ({ job: String(row['job']), event: fromRow(row) }))
}

type Row = Readonly<Record<string, unknown>>

async function rowsOf(client: ClickHouseClient, query: string, params: Row): Promise<readonly Row[]> {
  try {
    const result = await client.query({ query, query_params: params, format: 'JSONEachRow' })
    return await result.json<Row>()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (TOO_MUCH.has(code)) {
      throw new AppError(
        'HUNT_TOO_LARGE',
        'the hunt took more time or memory than it may; ask for less, by time, repository or an exact value',
      )
    }
    throw error
  }
}

function toRun(value: unknown): FoundRun {
  const [last, run, announced, repository, workflow, first, found, places, placeCount] = listOf(value)
  return {
    run: String(run),
    announced: Number(announced) === 1,
    repository: String(repository),
    workflow: String(workflow),
    first: Number(first),
    last: Number(last),
    events: Number(found),
    places: listOf(places).map(toPlace),
    placeCount: Number(placeCount),
    samples: [],
  }
}

function toPlace(value: unknown): HuntPlace {
  const [first, job, step, last, events, jobName] = listOf(value)
  return {
    job: String(job),
    jobName: String(jobName),
    step: Number(step),
    first: Number(first),
    last: Number(last),
    events: Number(events),
  }
}

function countsOf(runs: unknown, events: unknown): readonly HuntCount[] {
  const eventsOf = new Map(Object.entries(typeof events === 'object' && events !== null ? events : {}))
  return Object.entries(typeof runs === 'object' && runs !== null ? runs : {}).map(([key, count]) => ({
    key,
    runs: Number(count),
    events: Number(eventsOf.get(key) ?? 0),
  }))
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
