/* A whole server in one folder: opens the stores, starts the worker, listens, and stops all of it again. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Context } from './context.ts'
import type { Facts } from './events/facts.ts'
import { openEventStore, type EventStore, type StoreAddress } from './events/store.ts'
import { superviseStore, type StoreProcess } from './events/supervisor.ts'
import { buildApp } from './http/app.ts'
import { openapiOf } from './http/openapi.ts'
import { committer } from './ingest/commit.ts'
import { earlierFacts } from './ingest/earlier.ts'
import { startRecorder } from './ingest/record.ts'
import type { Log } from './log.ts'
import { openDatabase, type Database } from './meta/database.ts'
import { allRoutes } from './routes.ts'
import { changeOf, markLost } from './runs/store.ts'
import { createCode, createToken, ensureOrganization, findToken, hashSecret } from './session/store.ts'
import { changeBus } from './stream/changes.ts'

export interface UpOptions {
  /** The data folder; made when missing. */
  readonly data: string
  /** Address to listen on. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Further names the server answers under, such as `ci.example.test`. */
  readonly allowedHosts: readonly string[]
  /** Address of a ClickHouse server instead of the embedded engine. */
  readonly clickhouseUrl?: string
  readonly consoleFolder: string
  readonly log: Log
  /** Microseconds since the Unix epoch; tests give their own. */
  readonly now?: () => number
}

export interface RunningServer {
  readonly url: string
  readonly tokenFile: string
  readonly context: Context
  readonly storePid: () => number | undefined
  /** A new one-time sign-in link. */
  readonly signInUrl: () => Promise<string>
  readonly stop: () => Promise<void>
}

/** The only organization and person until there are accounts. */
const ORGANIZATION = 'local'
const USER = 'admin'
/** A job whose agent says nothing for this long is shown as lost. Agents send at least an empty batch every minute. */
export const LOST_AFTER_US = 180_000_000
const SWEEP_INTERVAL_MS = 10_000
/** What requests in flight get when the server stops. A group commit takes a tenth of it. */
const STOP_GRACE_MS = 1_000

/**
 * Starts a server.
 *
 * @throws {StoreUnavailable} When the embedded engine cannot run here and no ClickHouse address was given.
 */
export async function up(options: UpOptions): Promise<RunningServer> {
  const { log } = options
  const now = options.now ?? ((): number => Date.now() * 1_000)
  mkdirSync(options.data, { recursive: true, mode: 0o700 })
  chmodSync(options.data, 0o700)

  const undo: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    // The worker takes longest, so it starts first and the rest is prepared meanwhile.
    const opening = openDatabase(join(options.data, 'meta.sqlite'))
    const starting = openStore(options, opening)
    starting.catch(() => {})
    const db = await opening
    undo.push(() => db.destroy())
    const org = await ensureOrganization(db, ORGANIZATION, now())
    const tokenFile = await ensureTokenFile(db, org, options.data, now())
    const { store, worker } = await starting
    undo.push(() => worker?.stop())
    undo.push(() => store.close())

    const context: Context = { db, store, storeState: () => worker?.state() ?? 'ready', changes: changeBus(), log, now }
    const recorder = await startRecorder(context)
    undo.push(() => recorder.close())
    const committing = committer(context, recorder)
    undo.push(() => committing.close())
    const { routes, close } = allRoutes(committing)
    const app = await buildApp(context, {
      routes,
      openapi: openapiOf(routes),
      consoleFolder: options.consoleFolder,
      hosts: options.allowedHosts,
    })
    undo.push(async () => {
      close()
      // Connections that never sent a request count as busy and would keep us; whoever is cut off sends its batch again.
      const late = setTimeout(() => app.server.closeAllConnections(), STOP_GRACE_MS)
      await app.close()
      clearTimeout(late)
    })
    await app.listen({ host: options.host, port: options.port })

    const startedAt = now()
    const sweep = setInterval(() => {
      // While we were away nobody could speak to us; the silence that counts begins now.
      if (now() < startedAt + LOST_AFTER_US) return
      sweepLost(context, recorder.nextChange).catch((error: unknown) => log.error('sweep failed', { error: String(error) }))
    }, SWEEP_INTERVAL_MS)
    undo.push(() => clearInterval(sweep))

    // Safe: a server on a TCP port has such an address.
    const { port } = app.server.address() as AddressInfo
    const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`
    writePrivate(join(options.data, 'server.json'), `${JSON.stringify({ url })}\n`)
    return {
      url,
      tokenFile,
      context,
      storePid: () => worker?.pid(),
      signInUrl: async () => `${url}/sign-in#code=${await createCode(db, org, USER, now())}`,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Marks silent jobs as lost and tells who is watching. */
export async function sweepLost(context: Context, nextChange: () => number): Promise<void> {
  for (const { org, id } of await markLost(context.db, context.now() - LOST_AFTER_US, nextChange)) {
    const change = await changeOf(context.db, org, id)
    if (change !== undefined) context.changes.publish(org, change)
  }
}

/** A sign-in link for a server that runs on this folder, or did last. */
export async function signInLink(data: string, now: number): Promise<string> {
  const about: unknown = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'))
  const url = typeof about === 'object' && about !== null && 'url' in about ? String(about.url) : ''
  const db = await openDatabase(join(data, 'meta.sqlite'))
  try {
    return `${url}/sign-in#code=${await createCode(db, await ensureOrganization(db, ORGANIZATION, now), USER, now)}`
  } finally {
    await db.destroy()
  }
}

async function openStore(
  options: UpOptions,
  db: Promise<Database>,
): Promise<{ readonly store: EventStore; readonly worker?: StoreProcess }> {
  const earlier = async function* (): AsyncGenerator<Facts> {
    yield* earlierFacts(await db)
  }
  if (options.clickhouseUrl !== undefined) return { store: await openEventStore({ url: options.clickhouseUrl }, earlier) }
  const worker = await superviseStore(join(options.data, 'events'), options.log)
  const address: StoreAddress = { socket: worker.socket }
  try {
    return { store: await openEventStore(address, earlier), worker }
  } catch (error) {
    await worker.stop()
    throw error
  }
}

/** The token that agents use, in a file that only its owner reads. Made on the first start, or when the file has been taken away. */
async function ensureTokenFile(db: Database, org: number, data: string, now: number): Promise<string> {
  const file = join(data, 'ingest-token')
  if (existsSync(file) && (await findToken(db, hashSecret(readFileSync(file, 'utf8').trim()))) !== undefined) return file
  writePrivate(file, `${await createToken(db, org, 'first', now)}\n`)
  return file
}

/** Replaces a file as a whole, readable by its owner alone. */
function writePrivate(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
