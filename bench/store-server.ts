/* A real server for the benches of the store: started as its users do, fed over HTTP, looked into when it has stopped. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { sampleBatches } from '@gatehouse/schema/testing'
import type { Job, JournalRecord } from '@gatehouse/schema'

const MAIN = join(import.meta.dirname, '../apps/server/src/main.ts')

export interface BenchServer {
  readonly url: string
  readonly token: string
  readonly signInUrl: string
  /** Seconds of processor time of the server and its store so far. */
  readonly cpu: () => { readonly server: number; readonly store: number }
  /** Largest resident size of the store, bytes. */
  readonly storePeak: () => number
  readonly stop: () => Promise<void>
}

/** A batch as it travels. */
export interface Sendable {
  readonly path: string
  readonly body: Buffer
  readonly events: number
}

/** Starts one over `folder` with port and console of its own. */
export async function startServer(folder: string): Promise<BenchServer> {
  const child = spawn(process.execPath, [MAIN, 'up', '--data', folder, '--port', '0', '--console', folder, '--ready-json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      const line = text.split('\n').find((one) => one.startsWith('{'))
      if (line !== undefined && text.endsWith('\n')) resolve(line)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  const ready: unknown = JSON.parse(line)
  const about = (name: string): unknown => (typeof ready === 'object' && ready !== null ? Reflect.get(ready, name) : undefined)
  return {
    url: String(about('url')),
    signInUrl: String(about('signInUrl')),
    token: readFileSync(String(about('tokenFile')), 'utf8').trim(),
    cpu: () => ({ server: cpuSeconds(child.pid ?? 0), store: cpuSeconds(Number(about('storePid'))) }),
    storePeak: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${Number(about('storePid'))}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    stop: () => ended(child),
  }
}

/** The batches of a job, compressed as an agent does. */
export function sendable(job: Job, records: readonly JournalRecord[], size: number): readonly Sendable[] {
  return sampleBatches(job, records, size).map(({ meta, text }, index) => ({
    path: `/v1/jobs/${meta.job}/batches/${meta.n}`,
    body: zstdCompressSync(text),
    events: records.slice(index * size, (index + 1) * size).filter((record) => record.record === 'event').length,
  }))
}

/** Sends batches, `width` at a time, again where it is told to. Calls `next` for each until it gives none. */
export async function sendAll(server: BenchServer, width: number, next: () => Sendable | undefined): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: width })
  let events = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let batch = next(); batch !== undefined; batch = next()) {
        for (let status = 429; status === 429 || status === 503;) {
          status = await post(server, agent, batch)
          if (status === 429) await new Promise((resolve) => setTimeout(resolve, 50))
          else if (status !== 200) throw new Error(`a batch was answered with ${status}`)
        }
        events += batch.events
      }
    }),
  )
  agent.destroy()
  return events
}

function post(server: BenchServer, agent: Agent, { path, body }: Sendable): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${server.token}`,
      'content-type': 'application/x-ndjson',
      'content-encoding': 'zstd',
      'content-length': body.length,
    }
    const call = request(server.url + path, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    call.once('error', reject)
    call.end(body)
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

const TICKS_PER_SECOND = 100

function cpuSeconds(pid: number): number {
  // The second field is a name in parentheses, which may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
