/* The expression language, by the cases that GitHub documents ("Evaluate expressions in workflows and actions"). */
import { describe, expect, test } from 'vitest'
import { pathOf } from './ast.ts'
import { contributions } from './contexts.ts'
import { findEmbedded } from './embedded.ts'
import { evaluate, truthOf, type Known } from './evaluate.ts'
import { parseExpression } from './parser.ts'

function value(text: string): Known | string {
  const { expression, error } = parseExpression(text)
  return expression ? evaluate(expression) : `error: ${error?.message ?? ''}`
}

function truth(text: string): boolean | undefined {
  const { expression } = parseExpression(text)
  return expression && truthOf(expression)
}

function paths(text: string): string[] {
  const { expression } = parseExpression(text)
  return expression ? contributions(expression).map((one) => one.path.join('.')) : []
}

test.each<[string, unknown]>([
  ['1', 1],
  ['-9.2', -9.2],
  ['0xff', 255],
  ['0o17', 15],
  ['-2.99e-2', -0.0299],
  ["'it''s'", "it's"],
  ['null', null],
  ['true && false', false],
  ["'a' == 'A'", true],
  ["'1' == 1", true],
  ["'' == 0", true],
  ['null == 0', true],
  ["'x' == 1", false],
  ["true == '1'", true],
  ['2 > 1 == true', true],
  ["'b' > 'A'", true],
  ["!('')", true],
  ["'' || 'x'", 'x'],
  ["'a' && 'b' || 'c'", 'b'],
  ["contains('Hello world', 'LLO')", true],
  ['contains(fromJSON(\'["push", "pull_request"]\'), \'push\')', true],
  ["startsWith('Hello', 'he')", true],
  ["endsWith('Hello', 'LO')", true],
  ["format('Hello {0} {1} {{x}}', 'Mona', 'the')", 'Hello Mona the {x}'],
  ["join(fromJSON('[1, 2]'), ', ')", '1, 2'],
  ['fromJSON(\'{"A": {"b": [7]}}\').a.B[0]', 7],
  ['fromJSON(\'[{"n": 1}]\')[3]', null],
  ["case(false, 'a', true, 'b', 'c')", 'b'],
  ["github.actor == 'x'", undefined],
])('%s is %j', (text, expected) => expect(value(text)).toEqual(expected))

test.each(['', 'a ==', '(a', 'a b', 'a[', "'x", '"x"', 'a..b', 'f(1,)', '1.2.3', 'a &&', '&'])('%j is refused', (text) => {
  expect(parseExpression(text).error).toBeDefined()
})

test('nesting and length are bounded', () => {
  expect(parseExpression('('.repeat(5_000)).error).toBeDefined()
  expect(parseExpression('!'.repeat(5_000)).error).toBeDefined()
  expect(parseExpression(`a${'.b'.repeat(5_000)}`).error).toBeDefined()
})

test('logic is looked into even where values are not known', () => {
  expect(truth('github.actor && false')).toBe(false)
  expect(truth('github.actor || true')).toBe(true)
  expect(truth('github.actor && true')).toBeUndefined()
})

describe('places', () => {
  test('text in braces ends at the right braces', () => {
    const found = findEmbedded("a ${{ format('}}{0}', x) }} b ${{ y }}")
    expect(found.map(({ start, end }) => [start, end])).toEqual([
      [2, 27],
      [30, 38],
    ])
    expect(found.every((one) => one.error === undefined)).toBe(true)
  })

  test('a broken expression does not hide the next', () => {
    const found = findEmbedded('${{ a b }} ${{ c }}')
    expect(found.map((one) => one.error !== undefined)).toEqual([true, false])
  })

  test('all forms of a reference are one path', () => {
    for (const text of [
      'github.event.issue.title',
      "github['event'].issue['Title']",
      '(github.event).issue.title',
      'GITHUB.Event.issue.title',
    ]) {
      const { expression } = parseExpression(text)
      expect(expression && pathOf(expression)).toEqual(['github', 'event', 'issue', 'title'])
    }
    const { expression } = parseExpression('github.event.commits[0].message')
    expect(expression && pathOf(expression)?.join('.')).toBe('github.event.commits.*.message')
  })

  test('only what can become part of the result contributes', () => {
    expect(paths('a.x && b.x || c.x')).toEqual(['b.x', 'c.x'])
    expect(paths("contains(a.x, 'y')")).toEqual([])
    expect(paths('a.x == b.x')).toEqual([])
    expect(paths("format('{0}', a.x)")).toEqual(['a.x'])
    expect(paths('fromJSON(a.x).y')).toEqual(['a.x'])
  })
})
