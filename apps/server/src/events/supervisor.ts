/* Keeps the store worker alive: starts it, watches its memory, starts it again when it dies, stops it when we stop. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '../log.ts'
import { EXIT_CANNOT_LOAD } from './worker.ts'

export type StoreState = 'ready' | 'starting' | 'down'

/** A running store worker, or the promise of the next one. */
export interface StoreProcess {
  /** Unix socket on which it speaks ClickHouse HTTP. The folder around it is ours alone. */
  readonly socket: string
  readonly state: () => StoreState
  /** Process id of the present worker. */
  readonly pid: () => number | undefined
  readonly stop: () => Promise<void>
}

/** The engine cannot run here: musl, an unsupported processor, or it is not installed. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** Resident size at which a worker is replaced, in bytes. The engine's own limit, which refuses single queries, is below it. */
const RESIDENT_MAX = 3_221_225_472
const ENGINE_MEMORY = 2_147_483_648
const WATCH_INTERVAL_MS = 2_000
const RESTART_DELAY_MS = 100
const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
/** The folder is locked by an orphan of our predecessor for a moment after a crash, so the first starts may fail. */
const START_ATTEMPTS = 12
const STOP_TIMEOUT_MS = 5_000

/**
 * Starts the worker over `folder` and resolves when it answers.
 *
 * @throws {StoreUnavailable} When the engine cannot be loaded on this machine.
 * @throws {Error} When it does not come up after repeated attempts.
 */
export async function superviseStore(folder: string, log: Log, program = WORKER): Promise<StoreProcess> {
  // Paths of unix sockets are limited to about 100 bytes, so the socket cannot live in a data folder of any depth.
  const socketFolder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'))
  const socket = join(socketFolder, 'store.sock')
  let state: StoreState = 'starting'
  let child: ChildProcess | undefined
  let stopping = false

  async function start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      rmSync(socket, { force: true })
      const started = await launch(program, folder, socket)
      if (stopping) started.child.kill('SIGKILL')
      if (started.ready) {
        child = started.child
        state = 'ready'
        child.once('exit', (code, signal) => restart(code, signal))
        return
      }
      if (started.code === EXIT_CANNOT_LOAD) throw new StoreUnavailable(started.output)
      if (stopping) return
      if (attempt === START_ATTEMPTS) throw new Error(`the event store does not start: ${started.output}`)
      await delay(RESTART_DELAY_MS)
    }
  }

  function restart(code: number | null, signal: NodeJS.Signals | null): void {
    child = undefined
    if (stopping) return
    state = 'starting'
    log.warn('event store ended, starting it again', { code, signal })
    start().then(
      () => log.info('event store is back'),
      (error: unknown) => {
        state = 'down'
        log.error('event store stays down', { error: String(error) })
      },
    )
  }

  const watch = setInterval(() => {
    const resident = child?.pid === undefined ? 0 : residentBytes(child.pid)
    if (resident <= RESIDENT_MAX) return
    log.error('event store takes too much memory and is replaced', { resident, limit: RESIDENT_MAX })
    child?.kill('SIGKILL')
  }, WATCH_INTERVAL_MS)
  watch.unref()

  async function stop(): Promise<void> {
    stopping = true
    state = 'down'
    clearInterval(watch)
    const last = child
    if (last !== undefined && last.exitCode === null && last.signalCode === null) {
      const gone = new Promise((resolve) => last.once('exit', resolve))
      last.kill('SIGTERM')
      const late = setTimeout(() => last.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await gone
      clearTimeout(late)
    }
    rmSync(socketFolder, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { socket, state: () => state, pid: () => child?.pid, stop }
}

interface Launch {
  readonly child: ChildProcess
  readonly ready: boolean
  readonly code: number | null
  readonly output: string
}

const OUTPUT_SHOWN = 2_000

/** One attempt: resolves when the worker is ready or has ended. */
function launch(program: string, folder: string, socket: string): Promise<Launch> {
  const child = spawn(process.execPath, ['--max-old-space-size=512', program, folder, socket, String(ENGINE_MEMORY)], {
    // The worker needs no secrets, and the pipe on stdin is how it learns that we died.
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdin.on('error', () => {})
    child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-OUTPUT_SHOWN)))
    child.stdout.once('data', () => resolve({ child, ready: true, code: null, output }))
    child.once('error', reject)
    child.once('exit', (code) => resolve({ child, ready: false, code, output: output.trim() }))
  })
}

function residentBytes(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return pages * 4_096
  } catch {
    return 0
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
