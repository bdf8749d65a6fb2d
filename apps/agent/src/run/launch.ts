/*
 * Starts the command so that not one instruction of it goes unwatched, and so that it notices nothing: same terminal, same process group,
 * same signals. A shell waits for our word on a pipe, then becomes the command; in between it is put into the watched cgroup.
 */
import { spawn, type StdioOptions } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import { EXIT } from '../exit-codes.ts'
import type { Signals } from './signals.ts'

export interface Launch {
  readonly pid: number
  /** Lets the command begin. */
  release(): void
  /** Ends the waiting shell without having run anything. */
  abandon(): void
  /** The command's exit code; 128 + n for signal n. */
  readonly ended: Promise<number>
}

/** Why a command cannot be run, as a shell would say it, or undefined when it can. */
export function whyNotRunnable(name: string, path: string): { readonly code: number; readonly message: string } | undefined {
  const candidates = name.includes('/') ? [name] : path.split(':').map((folder) => join(folder === '' ? '.' : folder, name))
  let refused = false
  for (const candidate of candidates) {
    try {
      if (statSync(candidate).isDirectory()) {
        if (name.includes('/')) return { code: EXIT.notExecutable, message: `${name}: is a directory` }
        continue
      }
      accessSync(candidate, constants.X_OK)
      return undefined
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EACCES') refused = true
    }
  }
  if (refused) return { code: EXIT.notExecutable, message: `${name}: permission denied` }
  return { code: EXIT.notFound, message: name.includes('/') ? `${name}: no such file` : `${name}: command not found` }
}

/**
 * Starts the waiting shell.
 * @param inherited Descriptors above 2 that the command gets under their own numbers.
 * @throws {Error} When no process can be started at all.
 */
export async function launch(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  signals: Signals,
  inherited: readonly number[],
): Promise<Launch> {
  const word = freeDescriptor(inherited)
  // When the pipe ends without a word (the agent died) nothing is run.
  const script = `read -r gatehouse <&${word} || exit 125; exec ${word}<&-; unset gatehouse; exec "$@"`
  const stdio: StdioOptions = Array.from({ length: Math.max(word, ...inherited) + 1 }, (_, number) => (number < 3 ? 'inherit' : 'ignore'))
  for (const number of inherited) stdio[number] = number
  stdio[word] = 'pipe'
  const child = spawn('/bin/sh', ['-c', script, 'gatehouse', ...command], { stdio, env: environment })
  const ended = new Promise<number>((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? EXIT.signal + (signal === null ? 0 : osConstants.signals[signal])))
  })
  await new Promise<void>((resolve, reject) => {
    child.on('spawn', resolve)
    child.on('error', reject)
  })
  const pipe = child.stdio[word]
  if (child.pid === undefined || !pipe || !('write' in pipe)) throw new Error('the shell that starts the command has no pipe')
  // The shell may be gone already, killed by whoever watches it; its exit code tells.
  pipe.on('error', () => undefined)
  // A signal from before there was a command is with Node, but its handler runs only in a turn of its own. The shell has not been told to
  // go on, so such a signal ends it before it becomes the command.
  await new Promise((resolve) => setTimeout(resolve, 1))
  signals.passTo((signal) => child.kill(signal))
  return {
    pid: child.pid,
    ended,
    release: () => pipe.end('go\n'),
    abandon: () => pipe.end(),
  }
}

/** A shell only takes single digits. With all of them in use the command goes without the last. */
function freeDescriptor(inherited: readonly number[]): number {
  return [3, 4, 5, 6, 7, 8].find((number) => !inherited.includes(number)) ?? 9
}
