/*
 * Entry of `Runner.Listener run`: takes one job message (a line of JSON on standard input, in place of the service's long
 * poll), starts `Runner.Worker spawnclient IN OUT` with two anonymous pipes, and ends with the job's result.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** What the real worker adds to a result to make its exit code: 100 succeeded, 102 failed, 103 cancelled. */
const EXIT_SUCCESS = 100

async function main(): Promise<void> {
  // Node calls its main thread MainThread; the real program carries its own name.
  writeFileSync('/proc/self/comm', 'Runner.Listener')
  const root = process.cwd()
  const input = createInterface({ input: process.stdin })
  const message = await new Promise<string>((resolve, reject) => {
    input.once('line', resolve)
    input.once('close', () => reject(new Error('no job message on standard input')))
  })
  input.close()
  process.stdin.destroy()

  const worker = spawn(join(root, 'bin', 'Runner.Worker'), ['spawnclient', '3', '4'], {
    cwd: join(root, 'bin'),
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
  })
  // Safe: both were asked for as pipes just above; 3 is for writing to the worker, 4 for reading from it.
  const toWorker = worker.stdio[3] as Writable
  const fromWorker = worker.stdio[4] as Readable
  toWorker.on('error', () => null) // a worker that died is reported by its exit code
  toWorker.end(`${message}\n`)
  fromWorker.resume()

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => worker.kill(signal))
  const code = await new Promise<number | null>((resolve) => worker.once('exit', resolve))
  process.exitCode = code === EXIT_SUCCESS ? 0 : 1
}

await main()
