/* Starting the other programs of the repository, and ending them again by their pid. */
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { ROOT } from '../root.ts'

/** Command line of `gatehouse …` on the Node that runs us. */
export function gatehouse(...args: readonly string[]): string[] {
  return [process.execPath, path.join(ROOT, 'apps/cli/bin/gatehouse.js'), ...args]
}

/** Asks a child to end, and ends it when it does not within `patienceMs`. */
export function endChild(child: ChildProcess, patienceMs = 15_000): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      resolve()
      return
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** Runs a command to its end, its output kept for the case that it fails. */
export function runToEnd(argv: readonly string[], cwd: string = ROOT): Promise<{ readonly code: number; readonly output: string }> {
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 128, output }))
  })
}
