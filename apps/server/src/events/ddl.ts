/* Tables of the event store: one template for the embedded engine and for any ClickHouse. */

/** What differs between deployments. */
export interface Deployment {
  readonly database: string
  /** Engine of the events table. */
  readonly engine: string
}

export const EMBEDDED: Deployment = { database: 'gatehouse', engine: 'ReplacingMergeTree' }

/**
 * Statements that create what is missing, in order.
 *
 * `kind` comes second in the key so that the few network rows of a job lie together. (org, kind, job, seq) is the identity of an
 * event: sending one again replaces it by itself, which is why ingest needs no deduplication window (which would also drop equal
 * blocks of different batches). The partition is the week the server first heard of the job: a clock of a job cannot make partitions,
 * and a batch that is sent again lands beside its first copy. Every insert is on disk before it is answered.
 *
 * The `sightings` roll-up (a materialized view over this table) comes with hunting; it needs nothing else from here.
 */
export function ddl({ database, engine }: Deployment): readonly string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS ${database}`,
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
    ) ENGINE = ${engine}
    PARTITION BY week
    ORDER BY (org, kind, job, seq)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  ]
}
