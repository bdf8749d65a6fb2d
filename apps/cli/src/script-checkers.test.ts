import { expect, test } from 'vitest'
import { findScriptPrograms, readPyflakes, readShellcheck, runScriptPrograms, scriptRecorder } from './script-checkers.ts'

test('the output of shellcheck becomes problems by file', () => {
  const found = readShellcheck(
    '[{"file":"/t/bash-0","line":2,"endLine":2,"column":4,"endColumn":8,"level":"info","code":2086,"message":"Double quote."}]',
  )

  expect(found.get('/t/bash-0')).toEqual([
    { tool: 'shellcheck', code: 'SC2086', level: 'note', message: 'Double quote.', line: 2, column: 4 },
  ])
})

test('the output of pyflakes becomes problems by file', () => {
  expect(readPyflakes("/t/python-0:3:1: 'os' imported but unused\n").get('/t/python-0')).toMatchObject([{ line: 3, column: 1, code: '' }])
})

test('scripts of a language without its program stay unanswered', () => {
  const recorder = scriptRecorder()
  recorder.check('bash', 'rm -rf $DIR')

  const checker = runScriptPrograms(recorder.asked, { shellcheck: undefined, pyflakes: undefined })

  expect(checker.check('bash', 'rm -rf $DIR')).toBeUndefined()
})

test('a program that answers with something else than its format counts as absent', () => {
  const checker = runScriptPrograms([{ language: 'bash', text: 'true' }], { shellcheck: ['echo'], pyflakes: undefined })

  expect(checker.check('bash', 'true')).toBeUndefined()
})

const { shellcheck } = findScriptPrograms()
test.skipIf(!shellcheck)('shellcheck itself finds a variable without quotes (skipped where it is not installed)', () => {
  const checker = runScriptPrograms([{ language: 'bash', text: 'rm -rf $DIR\n' }], { shellcheck, pyflakes: undefined })

  expect(checker.check('bash', 'rm -rf $DIR\n')?.map((problem) => problem.code)).toContain('SC2086')
})
