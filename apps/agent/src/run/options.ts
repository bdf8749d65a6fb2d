/* The command line of `gatehouse run`. Options end at `--`; what follows belongs to the command, whatever it looks like. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

export interface RunOptions {
  readonly command: readonly string[]
  readonly report: string | undefined
  readonly server: URL | undefined
  readonly token: string | undefined
  readonly jobName: string | undefined
  readonly allowDegraded: boolean
  readonly quiet: boolean
  readonly noColor: boolean
}

/** Something the user must change in the command line; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws {UsageError} */
export function readRunOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): RunOptions {
  const separator = args.indexOf('--')
  const own = separator === -1 ? args : args.slice(0, separator)
  const command = separator === -1 ? [] : args.slice(separator + 1)
  const { values, positionals } = parse(own)
  if (positionals.length > 0) throw new UsageError(`put "--" before the command: gatehouse run [options] -- ${positionals[0]} …`)
  if (command.length === 0 || command[0] === '') throw new UsageError('no command: gatehouse run [options] -- COMMAND [ARGUMENT …]')

  const server = values.server === undefined ? undefined : serverUrl(values.server)
  const token = values['token-file'] === undefined ? environment['GATEHOUSE_TOKEN'] : tokenFrom(values['token-file'])
  if (server !== undefined && !token) throw new UsageError('--server needs a token: set GATEHOUSE_TOKEN, or give --token-file FILE')
  return {
    command,
    report: values.report,
    server,
    token: server === undefined ? undefined : token,
    jobName: values['job-name'],
    allowDegraded: values['allow-degraded'] ?? false,
    quiet: values.quiet ?? false,
    noColor: values['no-color'] ?? false,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        report: { type: 'string' },
        server: { type: 'string' },
        'token-file': { type: 'string' },
        'job-name': { type: 'string' },
        'allow-degraded': { type: 'boolean' },
        quiet: { type: 'boolean' },
        'no-color': { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function serverUrl(text: string): URL {
  if (!URL.canParse(text)) throw new UsageError('--server is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new UsageError('--server must be an http or https URL')
  // A token in the URL would be in every process list.
  if (url.username !== '' || url.password !== '')
    throw new UsageError('--server must not contain credentials; use GATEHOUSE_TOKEN or --token-file')
  return url
}

function tokenFrom(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new UsageError(`--token-file: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (text === '' || /\s/.test(text)) throw new UsageError('--token-file: the file must hold one token')
  return text
}
