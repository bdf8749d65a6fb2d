/* The server as a process of its own, for tests that kill it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ServerProcess {
  readonly child: ChildProcess
  readonly url: string
  readonly signInUrl: string
  readonly tokenFile: string
  readonly storePid: number
  /** What it has logged so far. */
  readonly log: () => string
}

/** Starts `main.ts up` and resolves when it is ready; fails with its log when it is not. */
export async function startServerProcess(data: string, port = 0): Promise<ServerProcess> {
  const main = join(import.meta.dirname, '../main.ts')
  const child = spawn(process.execPath, [main, 'up', '--data', data, '--port', String(port), '--ready-json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString('utf8')))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')))
    child.once('exit', (code, signal) => reject(new Error(`server ended (${code ?? signal}): ${log}`)))
  })
  const ready: { url: string; signInUrl: string; tokenFile: string; storePid: number } = JSON.parse(line)
  return { child, ...ready, log: () => log }
}

/** Kills it as a power switch would, and waits until it is gone. */
export async function killProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill(signal)
  return await gone
}

/** Process ids of the children of a process. */
export function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
