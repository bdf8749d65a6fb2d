/* `gatehouse run` as a user starts it: a process of its own, through the launcher. */
import { JournalRecord, type Event } from '@gatehouse/schema'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Check } from 'typebox/value'

export const LAUNCHER = fileURLToPath(new URL('../../../cli/bin/gatehouse.js', import.meta.url))

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the launcher with a cleaned environment: a test that runs inside GitHub Actions must behave as on a laptop. */
export function gatehouse(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly stdin?: string
    readonly onStart?: (pid: number, output: () => string) => void
    readonly wrap?: readonly string[]
  } = {},
): Promise<Result> {
  const [program = '', ...rest] = [...(options.wrap ?? []), process.execPath, LAUNCHER, ...args]
  const child = spawn(program, rest, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/root',
      LANG: 'C.UTF-8',
      GATEHOUSE_TLS_PROBES: 'off',
      ...options.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  // A command that ends without reading is no failure of the test.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  options.onStart?.(child.pid ?? 0, () => stdout)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A folder that is gone afterwards, also when the test fails. */
export async function inTemporaryFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
  try {
    return await test(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The records of a report. Throws, naming the line, when one is not what the schema says. */
export function readReport(path: string): JournalRecord[] {
  const text = readFileSync(path, 'utf8')
  if (!text.endsWith('\n')) throw new Error('the report does not end with a whole line')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const record: unknown = JSON.parse(line)
      if (!Check(JournalRecord, record)) throw new Error(`not a record: ${line}`)
      return record
    })
}

export function eventsIn(records: readonly JournalRecord[]): Event[] {
  return records.flatMap((record) => (record.record === 'event' ? [record.event] : []))
}

export async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
