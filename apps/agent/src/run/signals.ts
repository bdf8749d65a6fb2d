/*
 * Signals that reach us and are meant for the command. What the terminal sends (Ctrl-C, Ctrl-\, hanging up) goes to the whole foreground
 * process group: the command has it already, and twice would be wrong. What someone sends to our pid alone it does not have. The kernel
 * does not tell Node which of the two it was, so on a terminal a small shell waits beside us in the group and ends when the group is hit.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Signals {
  /** From now on signals go to the command; one that came before it was there goes to it at once. */
  passTo(send: (signal: NodeJS.Signals) => void): void
  /** Leaves signals to Node again. */
  close(): void
}

const FORWARDED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP'])
/** A signal to the group is with the witness at the same moment as with us; this is time for it to end and for us to hear of it. */
const WITNESS_MS = 250

/** From this call on no signal of these ends us. */
export function catchSignals(): Signals {
  let send: ((signal: NodeJS.Signals) => void) | undefined
  let early: NodeJS.Signals | undefined
  const witness = onTerminal() ? createWitness() : undefined

  const take = async (signal: NodeJS.Signals) => {
    if (!send) {
      early ??= signal
      return
    }
    if (FROM_TERMINAL.has(signal) && inForeground() && (witness === undefined || (await witness.groupWasHit()))) return
    send(signal)
  }
  const handlers = FORWARDED.map((signal) => {
    const handler = () => void take(signal)
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return {
    passTo(wanted) {
      send = wanted
      if (early !== undefined) send(early)
    },
    close() {
      for (const off of handlers) off()
      witness?.close()
    },
  }
}

interface Witness {
  /** Whether the signal that we just got went to the whole process group. */
  groupWasHit(): Promise<boolean>
  close(): void
}

function createWitness(): Witness {
  let shell: ChildProcess | undefined
  let hitAt = Number.NEGATIVE_INFINITY
  let closed = false
  let heard: (() => void)[] = []

  const start = () => {
    // Ends without a core file, and when its input ends, which is when we do. Nothing else ends it.
    const one = spawn('/bin/sh', ['-c', 'trap "exit 1" INT QUIT HUP; read -r nothing'], { stdio: ['pipe', 'ignore', 'ignore'], env: {} })
    shell = one
    one.stdin.on('error', () => undefined)
    one.on('error', () => (shell = undefined))
    one.on('exit', () => {
      if (closed || shell !== one) return
      hitAt = performance.now()
      for (const tell of heard) tell()
      heard = []
      start()
    })
    one.unref()
    // Safe: the pipe of a child is a socket, which has unref; only the declared type does not say so.
    ;(one.stdin as unknown as { unref?: () => void }).unref?.()
  }
  start()

  return {
    async groupWasHit() {
      if (performance.now() - hitAt < WITNESS_MS) return true
      // Without a witness the safe answer is the usual one: it came from the terminal.
      if (shell === undefined) return true
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), WITNESS_MS)
        heard.push(() => {
          clearTimeout(timer)
          resolve(true)
        })
      })
    },
    close() {
      closed = true
      shell?.kill('SIGKILL')
    },
  }
}

/** pid (name) state ppid pgrp session tty_nr tpgid …; the name may hold anything, also brackets. */
function ownStat(): readonly string[] {
  try {
    return readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return []
  }
}

function onTerminal(): boolean {
  const terminal = ownStat()[4]
  return terminal !== undefined && terminal !== '0'
}

/** Whether our process group is the foreground one of a terminal. */
function inForeground(): boolean {
  const stat = ownStat()
  return stat[2] !== undefined && stat[2] === stat[5]
}
