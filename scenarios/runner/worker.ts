/* Entry of `Runner.Worker spawnclient IN OUT`: reads the job from the pipe, runs it, answers with the outcome. */
import { writeFileSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { dirname } from 'node:path'
import { runJob } from './job.ts'
import { layoutOf } from './layout.ts'
import type { JobMessage } from './message.ts'

const EXIT_CODES = { success: 100, failure: 102, cancelled: 103 } as const

/** The message stays in memory for the whole job, as in the real worker: that is what memory scrapers are after. */
let held: Buffer = Buffer.alloc(0)

async function main(): Promise<void> {
  // Node calls its main thread MainThread; the real program carries its own name.
  writeFileSync('/proc/self/comm', 'Runner.Worker')
  const [input, output] = [Number(process.argv[2]), Number(process.argv[3])]
  const chunks: Buffer[] = []
  for await (const chunk of new Socket({ fd: input, readable: true, writable: false })) chunks.push(chunk as Buffer)
  held = Buffer.concat(chunks)
  const message = JSON.parse(held.toString('utf8')) as JobMessage

  const root = dirname(process.cwd())
  const layout = layoutOf(root, (message.github['repository'] ?? 'local/local').split('/')[1] ?? 'local')
  const cancel = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => cancel.abort())

  const outcome = await runJob(message, layout, cancel.signal)
  writeSync(output, `${JSON.stringify(outcome)}\n`)
  // Reads the buffer after the last step, so that no collector may drop it earlier.
  process.exitCode = held.length > 0 ? EXIT_CODES[outcome.result] : EXIT_CODES.failure
}

await main()
