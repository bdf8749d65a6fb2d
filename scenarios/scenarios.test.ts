/* Every scenario on the real sensor, as `npm run scenarios` runs it. */
import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { describeWith } from '../tools/requirements.ts'
import { ROOT } from '../tools/root.ts'
import { scenarioNames } from './runner/scenario.ts'

describeWith(['root', 'ebpf', 'ip', 'git', 'cc', 'make', 'python3'], 'scenarios', () => {
  test.each(scenarioNames())(
    '%s shows what it should, and nothing else',
    async (name) => {
      const { code, output } = await run(name)
      expect(code, output).toBe(0)
      // Safe: the contract of --json.
      const last = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as { pass: boolean; parts: readonly unknown[] }
      expect(last).toMatchObject({ name: 'scenarios', pass: true, figure: 1, target: 1 })
      expect(last.parts).toHaveLength(1)
    },
    90_000,
  )
})

function run(name: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['tools/scenarios.ts', name, '--json'], { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout || stderr })
    })
  })
}
