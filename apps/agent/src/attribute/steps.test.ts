import type { Step } from '@gatehouse/schema'
import { expect, test } from 'vitest'
import { createStepTable } from './steps.ts'

const FIRST = { argv: ['bash', '-e', '/r/_work/_temp/00000000-0000-4000-8000-000000000000.sh'], environment: { GITHUB_ACTION: '__run' } }

test.each([
  ['before', ['rename', 'begin']],
  ['after', ['begin', 'rename']],
])('a name from the log is kept that comes %s the kernel told of the process', (_, order) => {
  const emitted: Step[] = []
  const steps = createStepTable('run.sh', 0, (step) => emitted.push(step))
  for (const call of order) {
    if (call === 'rename') steps.rename(500, 'npm ci')
    else steps.begin(1, 500, 7, 10)
  }
  steps.identify(1, 7, FIRST, 11)
  expect(emitted.at(-1)).toMatchObject({ name: 'npm ci', kind: 'run', process: 7 })
})

test('a log that names processes that never were costs a bounded amount of memory, and real steps keep their ids', () => {
  const emitted: Step[] = []
  const steps = createStepTable('run.sh', 0, (step) => emitted.push(step))
  for (let pid = 1_000; pid < 3_000; pid += 1) steps.rename(pid, 'made up')
  steps.begin(1, 2_999, 7, 10)
  steps.identify(1, 7, FIRST, 11)
  expect(emitted.at(-1)).toMatchObject({ name: '__run' })
})
