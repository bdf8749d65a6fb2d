/*
 * `npm test`: every static check, then every test. Arguments go to Vitest (`npm test -- apps/agent`), and then only the
 * tests run. The last line is "N passed, N failed, N skipped".
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from './root.ts'

interface Summary {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numFailedTestSuites: number
  readonly success: boolean
}

process.exitCode = main(process.argv.slice(2))

function main(filter: readonly string[]): number {
  if (filter.length === 0) {
    const check = spawnSync(process.execPath, [path.join(ROOT, 'tools/check.ts')], { cwd: ROOT, stdio: 'inherit' })
    if (check.status !== 0) {
      console.log('0 passed, 1 failed')
      return 1
    }
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-test-'))
  const report = path.join(folder, 'report.json')
  const vitest = spawnSync(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filter,
    ],
    // A test run inside GitHub Actions must behave like one on a laptop.
    { cwd: ROOT, stdio: 'inherit', env: hermetic(process.env) },
  )
  try {
    // Safe: written by Vitest a moment ago.
    const summary = JSON.parse(readFileSync(report, 'utf8')) as Summary
    const skipped = summary.numPendingTests + summary.numTodoTests
    // A suite that failed to load has no tests to count, so it counts as one failure itself.
    const failed = Math.max(summary.numFailedTests, vitest.status === 0 ? 0 : 1)
    console.log(`${summary.numPassedTests} passed, ${failed} failed, ${skipped} skipped`)
    return vitest.status === 0 && summary.numPassedTests > 0 ? 0 : 1
  } catch {
    console.log('0 passed, 1 failed')
    return 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The environment without what GitHub Actions puts into it. `CI` stays: it turns skips into failures. */
function hermetic(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(GITHUB_|GH_|RUNNER_|ACTIONS_|GATEHOUSE_)/.test(name)))
}
