/** Running build programs: quiet when they work, with the end of their output when they fail. */
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface CommandOptions {
  readonly cwd?: string
  /** Replaces the inherited environment wholly, so that a build cannot depend on the caller's. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** A program that we started did not succeed. The message ends with the last lines of what it said. */
export class CommandFailed extends Error {
  constructor(line: string, code: string, output: string) {
    super(`${line}\nfailed (${code}):\n${output}`)
    this.name = 'CommandFailed'
  }
}

/**
 * Runs a program to its end and returns its standard output. Never goes through a shell.
 * @throws CommandFailed with the last 40 lines of both streams.
 */
export function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? process.env) },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    let out = ''
    let all = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text
      all += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      all += text
    })
    child.stdin?.end(options.input)
    const line = [program, ...args].join(' ')
    child.on('error', (error) => reject(new CommandFailed(line, error.message, '')))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out)
      else reject(new CommandFailed(line, signal ?? `exit code ${code}`, all.split('\n').slice(-40).join('\n')))
    })
  })
}

/** The absolute path of a program on PATH (or in the system folders, which a user's PATH may lack), or undefined. */
export function findProgram(name: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin']) {
    if (folder === '') continue
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** What is missing among needed programs, as one sentence that says how to get it; undefined when all are there. */
export function missingPrograms(needed: Readonly<Record<string, string>>): string | undefined {
  const missing = Object.entries(needed).filter(([program]) => findProgram(program) === undefined)
  if (missing.length === 0) return undefined
  const packages = [...new Set(missing.map(([, name]) => name))].sort()
  return `missing: ${missing.map(([program]) => program).join(', ')}. On Debian: apt-get install --no-install-recommends ${packages.join(' ')}`
}
