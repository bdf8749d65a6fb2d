import type { ClickHouseClient } from '@clickhouse/client'
import { STORE_MIGRATIONS, type Deployment, type StoreMigration } from './ddl.ts'

/**
 * Brings the event store to the newest state. Doing it again does nothing; a crash in between is made good by the next start.
 *
 * @param fill Writes the facts of all earlier jobs.
 * @returns Numbers of the migrations that ran now.
 * @throws {Error} When the store was written by a newer Gatehouse.
 */
export async function migrateStore(
  client: ClickHouseClient,
  deployment: Deployment,
  fill: () => Promise<void>,
  migrations: readonly StoreMigration[] = STORE_MIGRATIONS,
): Promise<readonly number[]> {
  const { database } = deployment
  await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` })
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS ${database}.migration (number UInt32, name String)
      ENGINE = ${deployment.replicated}ReplacingMergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  })
  const result = await client.query({ query: `SELECT number FROM ${database}.migration`, format: 'JSONEachRow' })
  const present = new Set((await result.json<Readonly<Record<string, unknown>>>()).map((row) => Number(row['number'])))
  const newest = migrations.at(-1)?.number ?? 0
  const beyond = Math.max(0, ...present)
  if (beyond > newest) throw new Error(`the event store is at version ${beyond}, this Gatehouse knows ${newest}: use the newer one`)

  const ran: number[] = []
  for (const { number, name, statements, facts } of migrations) {
    if (present.has(number)) continue
    for (const query of statements(deployment)) await client.command({ query })
    if (facts) await fill()
    await client.command({
      query: `INSERT INTO ${database}.migration SETTINGS async_insert = 0 FORMAT JSONEachRow\n${JSON.stringify({ number, name })}`,
    })
    ran.push(number)
  }
  return ran
}
