/* The server as a child process, one per data folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { isAbandoned, ownerTag } from '../../scenarios/network/owner.ts'
import { endChild, gatehouse } from './processes.ts'

export interface Server {
  readonly url: string
  /** Signs in once; carries its code behind the `#`, where no server log sees it. */
  readonly signInUrl: string
  readonly tokenFile: string
  readonly child: ChildProcess
  readonly stop: () => Promise<void>
}

const READY_TIMEOUT_MS = 60_000

/**
 * Starts `gatehouse up` on a data folder.
 * @param port 0 takes a free one.
 * @throws {Error} when another start uses the folder, or the server does not become ready; its log says why.
 */
export async function startServer(data: string, port: number): Promise<Server> {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const state = path.join(data, 'start.json')
  await endForgotten(state)

  const logFile = path.join(data, 'server.log')
  const [program = '', ...args] = gatehouse('up', '--data', data, '--port', String(port), '--ready-json')
  // A process group of its own: Ctrl-C is for us, and we then end things in an order that loses nothing.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', openSync(logFile, 'a', 0o600)], detached: true })
  const stop = async () => {
    await endChild(child)
    rmSync(state, { force: true })
  }
  try {
    const line = await readyLine(child, logFile)
    writeFileSync(state, JSON.stringify({ owner: ownerTag(), server: ownerTag(child.pid), url: line.url }), { mode: 0o600 })
    return { ...line, child, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function readyLine(child: ChildProcess, logFile: string): Promise<Pick<Server, 'url' | 'signInUrl' | 'tokenFile'>> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${what}. The end of ${logFile}:\n${tail(logFile)}`))
    const timer = setTimeout(() => fail(`the server was not ready after ${READY_TIMEOUT_MS / 1_000} s`), READY_TIMEOUT_MS)
    child.once('error', reject)
    child.once('exit', (code, signal) => fail(`the server ended at once (${signal ?? `exit code ${code}`})`))
    if (!child.stdout) throw new Error('the server was started without a pipe')
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer)
      // Safe: our own server's contract (`--ready-json`).
      resolve(JSON.parse(line) as Server)
    })
  })
}

/** A start that was killed could not end its server; this one does, and refuses when that start is alive. */
async function endForgotten(state: string): Promise<void> {
  if (!existsSync(state)) return
  // Safe: written below, by us, into a folder only we can write to.
  const { owner, server, url } = JSON.parse(readFileSync(state, 'utf8')) as { owner: string; server: string; url: string }
  if (!isAbandoned(server)) {
    if (!isAbandoned(owner))
      throw new Error(`Gatehouse is already running on this data folder: ${url} (started by process ${owner.split('-')[0]})`)
    const pid = Number(server.split('-')[0])
    process.kill(pid, 'SIGTERM')
    for (let waited = 0; waited < 10_000 && !isAbandoned(server); waited += 100) await new Promise((resolve) => setTimeout(resolve, 100))
    if (!isAbandoned(server)) throw new Error(`the server of an earlier start (process ${pid}) does not end`)
  }
  rmSync(state, { force: true })
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-10).join('\n') : '(no log)'
}
