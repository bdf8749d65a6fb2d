import { describe, expect, test } from 'vitest'
import { readConsole } from './result.ts'

const IMAGE = { series: '6.1', version: '6.1.176-1' }
const passed = '@@TEST {"title":"sees an exec","state":"passed","milliseconds":5}'
const failed = '@@TEST {"title":"sees a connect","state":"failed","error":"expected 1","milliseconds":5}'

describe('reading a console', () => {
  test('counts what the tests said, among what the kernel said', () => {
    const text = `[?7l@@KERNEL 6.1.0-47-cloud-amd64\n${passed}\n[    9.1] random: crng init\n${failed}\n@@END {}\nreboot: Power down`
    expect(readConsole(text, IMAGE)).toMatchObject({
      release: '6.1.0-47-cloud-amd64',
      passed: 1,
      failed: 1,
      skipped: 0,
      complete: true,
      failures: [{ title: 'sees a connect', error: 'expected 1' }],
    })
  })

  test('does not take a run that stopped half way for a complete one, and keeps its last words', () => {
    expect(readConsole(`@@KERNEL 6.1\n${passed}\nKernel panic - not syncing: double fault\n\n`, IMAGE)).toMatchObject({
      passed: 1,
      complete: false,
      lastWords: 'Kernel panic - not syncing: double fault',
    })
  })

  test('counts a line that the kernel cut in two as absent', () => {
    expect(readConsole(`${passed.slice(0, 30)}[    9.1] oops\n@@END {}`, IMAGE)).toMatchObject({ passed: 0, complete: true })
  })
})
