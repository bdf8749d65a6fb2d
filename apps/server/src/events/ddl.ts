/* Tables of the event store: one template for the embedded engine and for any ClickHouse. Released migrations are never edited. */

/** What differs between deployments. */
export interface Deployment {
  readonly database: string
  /** Prefix of the engines' names: empty, or `Replicated` on a cluster. */
  readonly replicated: '' | 'Replicated'
}

export const EMBEDDED: Deployment = { database: 'gatehouse', replicated: '' }

/** One step of the store's history. Running it again after a crash in its middle must be harmless. */
export interface StoreMigration {
  readonly number: number
  readonly name: string
  readonly statements: (deployment: Deployment) => readonly string[]
  /** The facts of all earlier jobs are written before it counts as done. */
  readonly facts?: true
}

/** Every insert is on disk before it is answered. */
const DURABLE = 'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1'

/** Kinds of values in `sightings`. Append only: the numbers are stored. */
export const SIGHTING = { domain: 1, host: 2, ip: 3, exe: 4, sha256: 5, action: 6, step: 7, detection: 8 } as const

/**
 * Values of an event that are worth finding again, as (type, value). Names are in lower case (of ASCII letters) whatever the event
 * says, so that nobody hides in capitals. Every event has an executable here, an unknown one as empty text, so that sightings of
 * executables also tell how many events a step has. The very same expression fills the roll-up as events come and from events of before.
 */
const VALUES_OF_EVENT = `arrayFilter(pair -> pair.2 != '' OR pair.1 = ${SIGHTING.exe}, [
  (${SIGHTING.domain}, lower(toString(domain))), (${SIGHTING.host}, if(kind = 5, lower(toString(domain)), '')),
  (${SIGHTING.ip}, toString(ip)), (${SIGHTING.exe}, toString(exe)), (${SIGHTING.sha256}, lower(toString(sha256)))])`

function sightingsOf(database: string): string {
  return `SELECT toUInt8(pair.1) AS type, pair.2 AS value, org, job, step, week, min(ts) AS first, max(ts) AS last, count() AS n
    FROM ${database}.events ARRAY JOIN ${VALUES_OF_EVENT} AS pair GROUP BY type, value, org, job, step, week`
}

export const STORE_MIGRATIONS: readonly StoreMigration[] = [
  {
    number: 1,
    name: 'events',
    /*
     * `kind` comes second in the key so that the few network rows of a job lie together. (org, kind, job, seq) is the identity of an
     * event: sending one again replaces it by itself, which is why ingest needs no deduplication window (which would also drop equal
     * blocks of different batches). The partition is the week the server first heard of the job: a clock of a job cannot make
     * partitions, and a batch that is sent again lands beside its first copy.
     */
    statements: ({ database, replicated }) => [
      `CREATE TABLE IF NOT EXISTS ${database}.events (
        org UInt32,
        job UUID,
        week Date,
        seq UInt64 CODEC(Delta, ZSTD(1)),
        kind UInt8,
        op LowCardinality(String),
        ts DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
        step UInt16,
        process UInt64 CODEC(T64, ZSTD(1)),
        exe LowCardinality(String),
        pid UInt32 CODEC(T64, ZSTD(1)),
        parent UInt64 CODEC(T64, ZSTD(1)),
        argv Array(String) CODEC(ZSTD(1)),
        sha256 LowCardinality(String),
        path String CODEC(ZSTD(1)),
        ip LowCardinality(String),
        port UInt16,
        domain LowCardinality(String),
        protocol LowCardinality(String),
        verdict LowCardinality(String),
        detail String CODEC(ZSTD(1)),
        INDEX by_domain domain TYPE bloom_filter(0.01) GRANULARITY 1,
        INDEX by_ip ip TYPE bloom_filter(0.01) GRANULARITY 1,
        INDEX by_exe exe TYPE bloom_filter(0.01) GRANULARITY 1,
        INDEX by_sha256 sha256 TYPE bloom_filter(0.01) GRANULARITY 1
      ) ENGINE = ${replicated}ReplacingMergeTree
      PARTITION BY week
      ORDER BY (org, kind, job, seq)
      ${DURABLE}`,
    ],
  },
  {
    number: 2,
    name: 'sightings',
    /*
     * One row per value and step, first by value: a rare value is found by the primary key, whoever's it is. What ingest knows besides
     * events (actions, step names, detections) is written here too, and jobs have a table of their own to be asked by repository.
     *
     * Emptied before it is filled and filled before the view exists, because a sum that is filled twice is wrong. Nobody writes events
     * while a store is opened.
     */
    statements: ({ database, replicated }) => [
      `CREATE TABLE IF NOT EXISTS ${database}.jobs (
        org UInt32, job UUID, run UUID, repository LowCardinality(String), workflow LowCardinality(String), name LowCardinality(String)
      ) ENGINE = ${replicated}ReplacingMergeTree ORDER BY (org, job) ${DURABLE}`,
      `CREATE TABLE IF NOT EXISTS ${database}.sightings (
        type UInt8,
        value String CODEC(ZSTD(1)),
        org UInt32,
        job UUID,
        step UInt16,
        week Date,
        first SimpleAggregateFunction(min, DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)),
        last SimpleAggregateFunction(max, DateTime64(6, 'UTC')) CODEC(Delta, ZSTD(1)),
        n SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1))
      ) ENGINE = ${replicated}AggregatingMergeTree
      PARTITION BY toYYYYMM(week)
      ORDER BY (type, value, org, job, step)
      ${DURABLE}`,
      `DROP VIEW IF EXISTS ${database}.sightings_of_events`,
      `TRUNCATE TABLE ${database}.sightings`,
      `INSERT INTO ${database}.sightings (type, value, org, job, step, week, first, last, n) ${sightingsOf(database)}`,
      `CREATE MATERIALIZED VIEW ${database}.sightings_of_events TO ${database}.sightings AS ${sightingsOf(database)}`,
    ],
  },
  // Apart from 2, because it can be done again without emptying anything.
  { number: 3, name: 'facts of earlier jobs', facts: true, statements: () => [] },
]
