/**
 * Runs test files inside an emulated machine: `node run.ts FILE…`. One line of JSON per test behind a marker, so that the kernel's
 * own messages on the same console cannot be taken for results.
 */
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Outcome } from './suite.ts'

const suiteAddress = new URL('suite.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest' ? { url: suiteAddress, shortCircuit: true, format: 'module-typescript' } : next(specifier, context),
})

const { runDeclared } = await import('./suite.ts')
const count = { passed: 0, failed: 0, skipped: 0 }
for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    tell({ title: file, state: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error), milliseconds: 0 })
    continue
  }
  await runDeclared(tell)
}
console.log(`\n@@END ${JSON.stringify(count)}`)
process.exit(count.failed === 0 && count.passed > 0 ? 0 : 1)

function tell(outcome: Outcome): void {
  count[outcome.state] += 1
  console.log(`\n@@TEST ${JSON.stringify(outcome)}`)
}
