/*
 * Starts the command so that not one instruction of it goes unwatched, and so that it notices nothing: same terminal, same process group,
 * same signals. A shell waits for our word on a pipe, then becomes the command; in between it is put into the watched cgroup.
 */
import { spawn } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import { EXIT } from '../exit-codes.ts'

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
 * @throws {Error} When no process can be started at all.
 */
export async function launch(command: readonly string[], environment: NodeJS.ProcessEnv): Promise<Launch> {
  // When the pipe ends without a word (the agent died) nothing is run.
  const script = 'read -r gatehouse <&3 || exit 125; exec 3<&-; unset gatehouse; exec "$@"'
  const child = spawn('/bin/sh', ['-c', script, 'gatehouse', ...command], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: environment,
  })
  const stopForwarding = forwardSignals((signal) => child.kill(signal))
  const ended = new Promise<number>((resolve) => {
    child.on('exit', (code, signal) => {
      stopForwarding()
      resolve(code ?? EXIT.signal + (signal === null ? 0 : osConstants.signals[signal]))
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.on('spawn', resolve)
    child.on('error', reject)
  })
  const pipe = child.stdio[3]
  if (child.pid === undefined || !pipe || !('write' in pipe)) throw new Error('the shell that starts the command has no pipe')
  // The shell may be gone already, killed by whoever watches it; its exit code tells.
  pipe.on('error', () => undefined)
  return {
    pid: child.pid,
    ended,
    release: () => pipe.end('go\n'),
    abandon: () => pipe.end(),
  }
}

const FORWARDED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']

/** What the terminal sends goes to the whole foreground process group: the command has it already, twice would be wrong. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP'])

function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const handlers = FORWARDED.map((signal) => {
    const handler = () => {
      if (!FROM_TERMINAL.has(signal) || !inForeground()) send(signal)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => {
    for (const off of handlers) off()
  }
}

/** Whether our process group is the foreground one of a terminal. */
function inForeground(): boolean {
  try {
    // pid (name) state ppid pgrp session tty_nr tpgid …; the name may hold anything, also brackets.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[2] === fields[5]
  } catch {
    return false
  }
}
