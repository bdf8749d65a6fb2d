import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkerLogParser, openWorkerLog } from './worker-log.ts'

const LINES = [
  "[2026-01-01 10:00:00Z INFO StepsRunner] Processing step: DisplayName='Run npm ci'",
  '[2026-01-01 10:00:00Z INFO ProcessInvokerWrapper] Process started with process id 4242, waiting for process exit.',
  "[2026-01-01 10:00:01Z INFO StepsRunner] Processing step: DisplayName='Post Run actions/checkout@v4'",
  '[2026-01-01 10:00:01Z INFO ProcessInvokerWrapper] Process started with process id 4300, waiting for process exit.',
]

test('a pid gets the name of the step that was being processed, however the log is cut', () => {
  const names: [number, string][] = []
  const parser = createWorkerLogParser((pid, name) => names.push([pid, name]))
  for (const character of `${LINES.join('\r\n')}\n`) parser.push(character)
  expect(names).toEqual([
    [4242, 'Run npm ci'],
    [4300, 'Post Run actions/checkout@v4'],
  ])
})

test('the newest log beside the worker is followed, and a link in its place is not', () => {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
  try {
    mkdirSync(join(root, '_diag'))
    writeFileSync(join(root, '_diag', 'Worker_20260101-100000-utc.log'), `${LINES.join('\n')}\n`)
    const names: number[] = []
    const log = openWorkerLog(join(root, 'bin', 'Runner.Worker'), (pid) => names.push(pid))
    log?.poll()
    log?.close()
    expect(names).toEqual([4242, 4300])
    symlinkSync('/etc/passwd', join(root, '_diag', 'Worker_20270101-100000-utc.log'))
    expect(openWorkerLog(join(root, 'bin', 'Runner.Worker'), () => undefined)).toBeUndefined()
  } finally {
    rmSync(root, { recursive: true })
  }
})
