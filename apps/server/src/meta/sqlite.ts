/* SQLite through node:sqlite for Kysely: no native dependency, and durable by default. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'

/** Statements kept prepared. Ours are a few dozen; lists of varying length make more of them. */
const STATEMENTS_MAX = 200

/**
 * A dialect over one file. WAL and `synchronous = FULL`: a commit that returned survives a crash of the process and, as far as the
 * disk keeps its promises, of the machine.
 */
export function nodeSqliteDialect(file: string): SqliteDialect {
  return new SqliteDialect({ database: () => Promise.resolve(open(file)) })
}

function open(file: string): SqliteDatabase {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000')
  const statements = new Map<string, StatementSync>()
  return {
    close: () => database.close(),
    prepare(sql) {
      let statement = statements.get(sql)
      if (statement === undefined) {
        if (statements.size >= STATEMENTS_MAX) statements.clear()
        statement = database.prepare(sql)
        statements.set(sql, statement)
      }
      return adapt(statement)
    },
  }
}

function adapt(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bind(parameters)),
    run: (parameters) => statement.run(...bind(parameters)),
    iterate: (parameters) => statement.iterate(...bind(parameters)),
  }
}

function bind(parameters: readonly unknown[]): SQLInputValue[] {
  // Safe: Kysely passes what its compiler put into the statement, and our tables hold text, numbers, bytes and null only.
  return parameters as SQLInputValue[]
}
