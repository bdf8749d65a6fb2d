/* The meta store: who may do what, and what jobs there are. Events are in the event store. */
import { Kysely, type Transaction } from 'kysely'
import { migrate } from './migrations.ts'
import { nodeSqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'

export type Database = Kysely<Tables>
/** The database or a transaction on it, so that stores compose. */
export type Queryable = Kysely<Tables> | Transaction<Tables>

/** Opens the file, creating or migrating it. Close with `destroy`. */
export async function openDatabase(file: string): Promise<Database> {
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(file) })
  // Safe: migrations speak SQL and do not use the types of the tables, which they are only just making.
  await migrate(db as unknown as Kysely<never>)
  return db
}
