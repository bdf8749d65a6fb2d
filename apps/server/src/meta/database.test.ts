import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { migrate, MIGRATIONS } from './migrations.ts'
import { nodeSqliteDialect } from './sqlite.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gh-meta-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the meta store', () => {
  test('is durable: write-ahead log, flushed at every commit', async () => {
    const db = await openDatabase(join(folder, 'meta.sqlite'))
    const journal = await sql<{ journal_mode: string }>`PRAGMA journal_mode`.execute(db)
    const synchronous = await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(db)
    expect([journal.rows[0]?.journal_mode, synchronous.rows[0]?.synchronous]).toEqual(['wal', 2])
    await db.destroy()
  })
  test('rolls a transaction back as a whole, also when others are waiting', async () => {
    const db = await openDatabase(join(folder, 'meta.sqlite'))
    const add = (name: string, fail: boolean) =>
      db.transaction().execute(async (tx) => {
        await tx.insertInto('organization').values({ name, created_at: 1 }).execute()
        await new Promise((resolve) => setTimeout(resolve, 5))
        if (fail) throw new Error('no')
      })
    const outcomes = await Promise.allSettled([add('a', false), add('b', true), add('c', false), add('d', true)])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect((await db.selectFrom('organization').select('name').orderBy('name').execute()).map((row) => row.name)).toEqual(['a', 'c'])
    await db.destroy()
  })
})

describe('migrations', () => {
  test('are numbered from 1 without gaps', () => {
    expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  })
  test('run once, however often the store is opened', async () => {
    for (let time = 0; time < 3; time++) await (await openDatabase(join(folder, 'meta.sqlite'))).destroy()
  })
  test('leave nothing behind when one of their statements fails', async () => {
    const db = new Kysely<never>({ dialect: nodeSqliteDialect(join(folder, 'meta.sqlite')) })
    const broken = [{ number: 1, name: 'x', statements: ['CREATE TABLE fine (a INTEGER) STRICT', 'CREATE TABLE broken ('] }]
    await expect(migrate(db, broken)).rejects.toThrow()
    const { rows } = await sql`SELECT name FROM sqlite_master WHERE name = 'fine'`.execute(db)
    expect(rows).toEqual([])
    await db.destroy()
  })
  test('refuse a store from the future', async () => {
    const db = await openDatabase(join(folder, 'meta.sqlite'))
    await sql`INSERT INTO migration (number, name) VALUES (99, 'future')`.execute(db)
    await db.destroy()
    await expect(openDatabase(join(folder, 'meta.sqlite'))).rejects.toThrow(/version 99/)
  })
})
