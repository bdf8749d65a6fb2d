/*
 * The server as a program. The `gatehouse` launcher imports this and calls `main`; `node main.ts up …` does the same.
 *
 *   main.ts up [--data DIR] [--host ADDRESS] [--port N] [--allow-host NAME]… [--console DIR] [--ready-json]
 *   main.ts sign-in [--data DIR]
 *
 * stdout is for what was asked for: with --ready-json one line of JSON when the server answers, else the sign-in link. The log goes
 * to stderr. Exit status: 0 stopped as asked, 1 failed, 2 wrong usage.
 */
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { StoreUnavailable } from './events/supervisor.ts'
import { stderrLog } from './log.ts'
import { signInLink, up } from './up.ts'

const OPTIONS = {
  data: { type: 'string', default: '.gatehouse' },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '7433' },
  'allow-host': { type: 'string', multiple: true },
  console: { type: 'string', default: join(import.meta.dirname, '../../console/dist') },
  'ready-json': { type: 'boolean', default: false },
} as const

const USAGE = `usage: gatehouse up [--data DIR] [--host ADDRESS] [--port N] [--allow-host NAME[:PORT]]… [--console DIR] [--ready-json]
       gatehouse sign-in [--data DIR]
`

/** How long a stop may take before we give up on it, in milliseconds. */
const STOP_TIMEOUT_MS = 20_000

/** Runs a command line without the program's name. Returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  // New files are for their owner alone, whatever the shell's default.
  process.umask(0o077)
  const parsed = parse(args)
  if (parsed === undefined) {
    process.stderr.write(USAGE)
    return 2
  }
  try {
    if (parsed.command === 'up') await runUntilStopped(parsed.values)
    else process.stdout.write(`${await signInLink(parsed.values.data, Date.now() * 1_000)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`gatehouse: ${explain(error)}\n`)
    return 1
  }
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const [command] = positionals
    if (positionals.length !== 1 || (command !== 'up' && command !== 'sign-in')) return undefined
    const port = Number(values.port)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return undefined
    return { command, values: { ...values, port } }
  } catch {
    return undefined
  }
}

type Values = NonNullable<ReturnType<typeof parse>>['values']

async function runUntilStopped(values: Values): Promise<void> {
  const log = stderrLog()
  const clickhouseUrl = process.env['GATEHOUSE_CLICKHOUSE_URL']
  const began = performance.now()
  const server = await up({
    data: values.data,
    host: values.host,
    port: values.port,
    allowedHosts: (values['allow-host'] ?? []).map((name) => name.toLowerCase()),
    ...(clickhouseUrl === undefined || clickhouseUrl === '' ? {} : { clickhouseUrl }),
    consoleFolder: values.console,
    log,
  })
  const stopped = new Promise<void>((resolve, reject) => {
    const stop = (signal: string): void => {
      log.info('stopping', { signal })
      // A second signal ends the process at once, as people expect.
      setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref()
      server.stop().then(resolve, reject)
    }
    process.once('SIGTERM', stop).once('SIGINT', stop)
  })
  log.info('ready', { url: server.url, milliseconds: Math.round(performance.now() - began) })
  const signInUrl = await server.signInUrl()
  if (values['ready-json']) {
    process.stdout.write(
      `${JSON.stringify({ url: server.url, signInUrl, tokenFile: server.tokenFile, pid: process.pid, storePid: server.storePid() })}\n`,
    )
  } else {
    process.stdout.write(`Gatehouse is up. Sign in, once, within an hour: ${signInUrl}\n`)
  }
  await stopped
}

function explain(error: unknown): string {
  if (error instanceof StoreUnavailable) {
    return (
      'the embedded event store cannot run on this machine (it needs Linux with glibc on x64 or arm64, and `npm ci` in the server workspace).\n' +
      `Set GATEHOUSE_CLICKHOUSE_URL to the address of a ClickHouse server instead.\n${error.message}`
    )
  }
  return error instanceof Error ? error.message : String(error)
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
