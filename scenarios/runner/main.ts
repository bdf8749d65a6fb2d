/* `node scenarios/runner/main.ts SCENARIO [-- WRAPPER…]`: runs one scenario's job, optionally behind another command. */
import { type PreparedJob, prepareJob, runPreparedJob } from './fixture.ts'
import { scenarioNames } from './scenario.ts'

async function main(): Promise<number> {
  const [scenario, dashes, ...wrap] = process.argv.slice(2)
  if (!scenario || (dashes !== undefined && dashes !== '--')) {
    console.error(`usage: node scenarios/runner/main.ts SCENARIO [-- WRAPPER…]\nscenarios: ${scenarioNames().join(', ')}`)
    return 2
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

  let job: PreparedJob | null = null
  try {
    job = await prepareJob({ scenario, onProgress: (text) => console.error(text) })
    const run = await runPreparedJob(job, { wrap, signal: stop.signal, onOutput: (text) => process.stdout.write(text) })
    for (const caught of run.caught) console.error(`the sinkhole received ${caught.method} ${caught.path} with ${caught.bytes} bytes`)
    return run.exitCode
  } finally {
    await job?.close()
  }
}

process.exitCode = await main()
