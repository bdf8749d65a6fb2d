/* Runs one step process as a direct child of the worker and passes its output on, masked, line by line. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Diag } from './diag.ts'
import type { Masks } from './masks.ts'

export interface StepProcess {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** How long a process may take to leave after each signal; the real runner waits 7.5 and 2.5 seconds. */
const PATIENCE_MS = 1_500

/**
 * Runs it to its end.
 * @returns its exit code; 128 + n for a signal is not told apart, as in the runner: 137 for "was killed".
 */
export async function runStepProcess(step: StepProcess, diag: Diag, masks: Masks, signal: AbortSignal): Promise<number> {
  const started = performance.now()
  diag.trace('ProcessInvokerWrapper', 'Starting process:')
  diag.trace('ProcessInvokerWrapper', `  File name: '${step.file}'`)
  diag.trace('ProcessInvokerWrapper', `  Arguments: '${step.args.join(' ')}'`)
  diag.trace('ProcessInvokerWrapper', `  Working directory: '${step.cwd}'`)

  const child = spawn(step.file, [...step.args], { cwd: step.cwd, env: { ...step.env }, stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) {
    diag.trace('ProcessInvokerWrapper', `Process started with process id ${child.pid}, waiting for process exit.`)
  }

  let stage = 0
  let patience: NodeJS.Timeout | undefined
  function stop(): void {
    const next = (['SIGINT', 'SIGTERM', 'SIGKILL'] as const)[stage]
    if (!next) return
    stage += 1
    child.kill(next)
    patience = setTimeout(stop, PATIENCE_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()

  try {
    const output = Promise.all([pump(child.stdout, masks), pump(child.stderr, masks)])
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (exit) => resolve(exit ?? 137))
    })
    // A process the step left behind may keep the pipes open; the runner does not wait for it longer than this.
    await Promise.race([output, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())])
    child.stdout.destroy()
    child.stderr.destroy()
    const elapsed = ((performance.now() - started) / 1_000).toFixed(7).padStart(10, '0')
    diag.trace('ProcessInvokerWrapper', `Finished process ${child.pid} with exit code ${code}, and elapsed time 00:00:${elapsed}.`)
    return code
  } finally {
    clearTimeout(patience)
    signal.removeEventListener('abort', stop)
  }
}

async function pump(stream: Readable, masks: Masks): Promise<void> {
  stream.on('error', () => null)
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) show(line, masks)
}

/** The workflow commands that change what is shown; anything else that looks like one is text. */
function show(line: string, masks: Masks): void {
  const command = /^::(add-mask|group|endgroup|debug|notice|warning|error)(?: [^:]*)?::(.*)$/.exec(line)
  switch (command?.[1]) {
    case 'add-mask':
      masks.add(command[2] ?? '')
      return
    case 'debug':
    case 'endgroup':
      return
    case 'group':
      console.log(masks.apply(`    ${command[2]}`))
      return
    case undefined:
      console.log(masks.apply(`    ${line}`))
      return
    default:
      console.log(masks.apply(`    ${command?.[1]}: ${command?.[2]}`))
  }
}
