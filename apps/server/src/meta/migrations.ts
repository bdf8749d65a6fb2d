/*
 * Migrations of the meta store, in order. A released one is never edited; the next one builds on it. Each runs in a transaction of
 * its own together with its entry in `migration`.
 */
import { sql, type Kysely } from 'kysely'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly statements: readonly string[]
}

export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: 'first light',
    statements: [
      `CREATE TABLE organization (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL) STRICT`,
      `CREATE TABLE token (hash TEXT PRIMARY KEY, org INTEGER NOT NULL REFERENCES organization, name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT`,
      `CREATE TABLE session (hash TEXT PRIMARY KEY, org INTEGER NOT NULL REFERENCES organization, user TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT`,
      `CREATE TABLE signin_code (hash TEXT PRIMARY KEY, org INTEGER NOT NULL REFERENCES organization, user TEXT NOT NULL,
        expires_at INTEGER NOT NULL, used_at INTEGER) STRICT`,
      `CREATE TABLE run (org INTEGER NOT NULL REFERENCES organization, id TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL,
        search TEXT NOT NULL, PRIMARY KEY (org, id)) STRICT`,
      `CREATE INDEX run_newest ON run (org, created_at DESC, id DESC)`,
      `CREATE TABLE job (org INTEGER NOT NULL REFERENCES organization, id TEXT NOT NULL, run TEXT, body TEXT, "end" TEXT, state TEXT NOT NULL,
        created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, week TEXT NOT NULL,
        batch_last INTEGER NOT NULL, batches INTEGER NOT NULL, batch_final INTEGER, seq_last INTEGER NOT NULL,
        rejected INTEGER NOT NULL, unknown_fields INTEGER NOT NULL, counted INTEGER NOT NULL,
        events INTEGER NOT NULL, processes INTEGER NOT NULL, destinations INTEGER NOT NULL, files INTEGER NOT NULL,
        findings INTEGER NOT NULL, lost INTEGER NOT NULL, severity INTEGER, change INTEGER NOT NULL, PRIMARY KEY (org, id)) STRICT`,
      `CREATE INDEX job_of_run ON job (org, run)`,
      `CREATE INDEX job_change ON job (org, change)`,
      `CREATE INDEX job_running ON job (seen_at) WHERE state = 'running'`,
      `CREATE INDEX job_uncounted ON job (counted) WHERE counted = 0`,
      `CREATE TABLE step (org INTEGER NOT NULL, job TEXT NOT NULL, number INTEGER NOT NULL, batch INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (org, job, number)) STRICT`,
      `CREATE TABLE finding (org INTEGER NOT NULL, job TEXT NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, severity INTEGER NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (org, job, id)) STRICT`,
      `CREATE INDEX finding_by_time ON finding (org, job, time, id)`,
      `CREATE TABLE batch (org INTEGER NOT NULL, job TEXT NOT NULL, n INTEGER NOT NULL, hash TEXT NOT NULL, accepted INTEGER NOT NULL,
        rejected INTEGER NOT NULL, rejections TEXT NOT NULL, seq_first INTEGER NOT NULL, seq_last INTEGER NOT NULL,
        received_at INTEGER NOT NULL, PRIMARY KEY (org, job, n)) STRICT`,
    ],
  },
]

/**
 * Brings the store to the newest state and returns its number. Doing it again does nothing.
 *
 * @throws {Error} When the store was written by a newer Gatehouse: going on could lose what that one knows.
 */
export async function migrate(db: Kysely<never>, migrations: readonly Migration[] = MIGRATIONS): Promise<number> {
  await sql`CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT`.execute(db)
  const { rows } = await sql<{ number: number }>`SELECT coalesce(max(number), 0) AS number FROM migration`.execute(db)
  const present = rows[0]?.number ?? 0
  const newest = migrations.at(-1)?.number ?? 0
  if (present > newest) throw new Error(`the data folder is at version ${present}, this Gatehouse knows ${newest}: use the newer one`)

  for (const migration of migrations) {
    if (migration.number <= present) continue
    await db.transaction().execute(async (tx) => {
      for (const statement of migration.statements) await sql.raw(statement).execute(tx)
      await sql`INSERT INTO migration (number, name) VALUES (${migration.number}, ${migration.name})`.execute(tx)
    })
  }
  return newest
}
