/* The small suite must not be kinder than Vitest: it runs here on a file whose outcome is known. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-suite-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(text: string): { readonly lines: readonly string[]; readonly code: number | null } {
  const file = join(folder, 'given.test.mjs')
  writeFileSync(file, text)
  const { stdout, status } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), file], { encoding: 'utf8' })
  return {
    code: status,
    lines: [...stdout.matchAll(/@@TEST (.*)/g)].map((match) => {
      // Written by the runner under test; a wrong shape fails the comparison.
      const { title, state } = JSON.parse(match[1] ?? '') as { title: string; state: string }
      return `${state} ${title}`
    }),
  }
}

test('reports passes, failures and skips, also inside groups and of tables', () => {
  const { lines, code } = run(`
    import { describe, expect, test } from 'vitest'
    describe('numbers', () => {
      test('agree', () => expect({ a: 1 }).toEqual({ a: expect.any(Number) }))
      test('disagree', async () => expect(await Promise.resolve(1)).toBe(2))
      test.skip('are not looked at', () => {})
    })
    test.each([['x', 1], ['y', 2]])('%s is %d', (_, number) => expect(number).toBe(1))
    describe.skip('all of this', () => { test('is skipped', () => { throw new Error('ran') }) })
  `)
  expect(lines).toEqual([
    'passed numbers > agree',
    'failed numbers > disagree',
    'skipped numbers > are not looked at',
    'passed x is 1',
    'failed y is 2',
    'skipped all of this > is skipped',
  ])
  expect(code).toBe(1)
})

test('fails every test of a group whose preparation failed', () => {
  const { lines, code } = run(`
    import { beforeAll, describe, expect, test } from 'vitest'
    describe('prepared', () => { beforeAll(() => { throw new Error('no') }); test('never runs', () => {}) })
  `)
  expect(lines).toEqual(['failed prepared > never runs'])
  expect(code).toBe(1)
})

test('is not green when a file cannot be loaded or holds no test', () => {
  expect(run(`import 'nothing-of-this-name'`).code).toBe(1)
  expect(run('').code).toBe(1)
})
