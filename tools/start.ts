/*
 * `npm start`: builds what is missing, starts the server, runs the demonstration job under the sensor, prints where to look,
 * and stays until Ctrl-C, which stops everything it started.
 *
 *   --no-demo      only the server
 *   --replay       show the recording of the demonstration instead of running it
 *   --data DIR     data folder (default .gatehouse/data)
 *   --port N       port on 127.0.0.1 (default: any free one)
 *   --open         open the page in the default browser
 *   --json         the last line is JSON with the addresses, for programs
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './root.ts'
import { buildConsole } from './start/console-build.ts'
import { demonstrate, type Shown } from './start/demonstration.ts'
import { createProgress } from './start/progress.ts'
import { type Server, startServer } from './start/server.ts'
import { summarize } from './start/summary.ts'

const USAGE = 'usage: npm start -- [--no-demo | --replay] [--data DIR] [--port N] [--open] [--json]'

process.exitCode = await main()

async function main(): Promise<number> {
  const options = readOptions()
  if (!options) {
    console.error(USAGE)
    return 2
  }
  const started = performance.now()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))

  let server: Server | undefined
  try {
    console.log('\nGatehouse\n')
    const progress = createProgress(process.stdout)
    await progress.step('console built', async (note) => {
      if (!(await buildConsole())) note('unchanged')
    })
    server = await progress.step('server started', () => startServer(options.data, options.port))
    const died = new Promise<never>((_, reject) => {
      server?.child.once('exit', () => stop.signal.aborted || reject(new Error('the server ended; its log is in the data folder')))
    })
    died.catch(() => null) // looked at below, and before that by the demonstration's own failure

    const shown =
      options.demo && !stop.signal.aborted
        ? await demonstrate(server, progress, { replayOnly: options.replay, signal: stop.signal })
        : undefined
    announce(server, shown, options, (performance.now() - started) / 1_000)
    await Promise.race([stopped, died])
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 0
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    if (server) {
      if (stop.signal.aborted) console.log('\nStopping …')
      await server.stop()
    }
  }
}

function announce(server: Server, shown: Shown | undefined, options: Options, seconds: number): void {
  const run = shown ? `/runs/${shown.report.job.run.id}` : '/runs'
  const link = server.signInUrl.replace('/sign-in#', `/sign-in?after=${encodeURIComponent(run)}#`)
  if (shown?.replayed !== undefined) {
    console.log(`\n  Nothing was watched live: ${shown.replayed}.\n  You see a recording of the same job, made elsewhere.`)
  }
  if (shown) console.log(`\n${summarize(shown, process.stdout.isTTY && !process.env['NO_COLOR'])}`)
  console.log(`\n  Ready after ${seconds.toFixed(1)} s. Open this link; it signs you in, once, within the hour:\n\n  ${link}\n`)
  console.log(
    `  Another link: npx gatehouse sign-in --data ${path.relative(process.cwd(), options.data) || '.'}\n  Ctrl-C stops everything.\n`,
  )
  if (options.json) console.log(JSON.stringify({ url: server.url, signInUrl: link, run, replayed: shown?.replayed ?? null, seconds }))
  if (options.open)
    spawn('xdg-open', [link], { stdio: 'ignore', detached: true }).on('error', () => console.error('  (no browser could be opened)'))
}

interface Options {
  readonly demo: boolean
  readonly replay: boolean
  readonly data: string
  readonly port: number
  readonly open: boolean
  readonly json: boolean
}

function readOptions(): Options | null {
  try {
    const { values } = parseArgs({
      options: {
        'no-demo': { type: 'boolean', default: false },
        replay: { type: 'boolean', default: false },
        data: { type: 'string', default: path.join(ROOT, '.gatehouse', 'data') },
        port: { type: 'string', default: '0' },
        open: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return null
    return { demo: !values['no-demo'], replay: values.replay, data: path.resolve(values.data), port, open: values.open, json: values.json }
  } catch {
    return null
  }
}
