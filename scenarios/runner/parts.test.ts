import { describe, expect, test } from 'vitest'
import { createDecoys } from './decoys.ts'
import { expand, shouldRun } from './expressions.ts'
import { isProtectedName, readAssignments } from './file-commands.ts'
import { createMasks } from './masks.ts'
import { readScenario, scenarioNames } from './scenario.ts'
import { readWorkflowJob } from './workflow.ts'

describe('expressions', () => {
  test('dotted names are replaced, absent ones by nothing', () => {
    expect(expand('a ${{ github.sha }} b ${{env.NONE}} c', (name) => (name === 'github.sha' ? 'abc' : undefined))).toBe('a abc b  c')
  })

  test('anything more is refused rather than silently empty', () => {
    expect(() => expand('${{ github.sha == 1 }}', () => '')).toThrow('cannot evaluate')
    expect(() => shouldRun("github.ref == 'x'", 'success')).toThrow('cannot evaluate')
  })

  test.each([
    [undefined, 'success', true],
    [undefined, 'failure', false],
    ['failure()', 'failure', true],
    ['${{ always() }}', 'cancelled', true],
    ['!cancelled()', 'cancelled', false],
  ] as const)('the condition %s after %s gives %s', (condition, status, runs) => {
    expect(shouldRun(condition, status)).toBe(runs)
  })
})

describe('file commands', () => {
  test('values may have several lines and contain "="', () => {
    expect([...readAssignments('A=1=2\nB<<E\nx\ny=z\nE\n')]).toEqual([
      ['A', '1=2'],
      ['B', 'x\ny=z'],
    ])
  })

  test('a block without its end, and a line that is no assignment, are errors', () => {
    expect(() => readAssignments('A<<E\nx\n')).toThrow('closing delimiter')
    expect(() => readAssignments('hello')).toThrow('not an assignment')
  })

  test('the names of the runner, and the one that loads code, are protected', () => {
    expect(['GITHUB_SHA', 'runner_temp', 'NODE_OPTIONS', 'PATH'].map(isProtectedName)).toEqual([true, true, true, false])
  })
})

describe('masks', () => {
  test('the longest secret goes first, lines of a secret are secrets, short ones are not', () => {
    const masks = createMasks(['abc', 'abcdef', 'x', 'line one\nline two'])
    expect(masks.apply('abcdef abc x line two')).toBe('*** *** x ***')
  })
})

describe('workflows', () => {
  test('what is not implemented is refused by name', () => {
    expect(() => readWorkflowJob('jobs: {a: {strategy: {}, steps: []}}', 'a')).toThrow('jobs.a.strategy')
    expect(() => readWorkflowJob('jobs: {a: {steps: [{cancel: x}]}}', 'a')).toThrow('cancel')
    expect(() => readWorkflowJob('jobs: {}', 'a')).toThrow('jobs.a is missing')
  })
})

describe('scenarios', () => {
  test.each(scenarioNames())('%s is readable', (name) => {
    expect(readScenario(name)).toMatchObject({ name })
  })

  test('decoys are the same within a run, different between runs, and recognisable', () => {
    const [one, two] = [createDecoys(), createDecoys()]
    expect(one.fill('{{decoy:A}} {{decoy:A}}')).toBe(`${one.get('A')} ${one.get('A')}`)
    expect(one.get('A')).not.toBe(two.get('A'))
    expect(one.get('A')).toMatch(/^GATEHOUSE-DECOY-A-[0-9a-f]{24}$/)
  })
})
