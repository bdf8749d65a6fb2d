/* Edits change what they say and nothing else: block and flow style, comments, line ends, files without a last line break. */
import { describe, expect, test } from 'vitest'
import { sourceFromText } from '../source.ts'
import { parseYaml } from '../yaml/parse.ts'
import { isMap, type MapNode } from '../yaml/tree.ts'
import { checkIntent } from './apply.ts'
import { applyEdits, quoteIfNeeded, removeEntry, setIn } from './edit.ts'

function edit(text: string, make: (file: ReturnType<typeof sourceFromText>, map: MapNode) => ReturnType<typeof setIn>): string {
  const file = sourceFromText('x.yml', text)
  const { root } = parseYaml(file)
  if (!isMap(root)) throw new Error('the sample is no map')
  const edits = make(file, root)
  expect(checkIntent(file, edits)).toBeUndefined()
  return applyEdits(text, edits)
}

describe('setIn', () => {
  test.each([
    ['a: 1 # one\n', ['b'], 'a: 1 # one\nb: 2\n'],
    ['a: 1', ['b'], 'a: 1\nb: 2'],
    ['a: 1\r\nc: 3\r\n', ['b'], 'a: 1\r\nc: 3\r\nb: 2\r\n'],
    ['w:\n    x: 1 # é\nz: 1\n', ['w', 'b'], 'w:\n    x: 1 # é\n    b: 2\nz: 1\n'],
    ['w: {x: 1}\n', ['w', 'b'], 'w: {x: 1, b: 2}\n'],
    ['w:\nz: 1\n', ['w', 'b'], 'w:\n  b: 2\nz: 1\n'],
    ['{a: 1}\n', ['w', 'b'], '{a: 1, w: { b: 2 }}\n'],
    ['a: |\n  text\n\n\n', ['b'], 'a: |\n  text\nb: 2\n\n\n'],
    ['a: 1\nb: 7 # old\n', ['b'], 'a: 1\nb: 2 # old\n'],
    ['\uFEFFa: 1\n', ['b'], '\uFEFFa: 1\nb: 2\n'],
  ])('%j', (before, keys, after) => expect(edit(before, (file, map) => setIn(file, map, keys, '2'))).toBe(after))
})

describe('removeEntry', () => {
  test.each([
    ['a: 1\nb: 2 # why\nc: 3\n', 'a: 1\nc: 3\n'],
    ['{a: 1, b: 2, c: 3}\n', '{a: 1, c: 3}\n'],
    ['a: 1\nb: 2', 'a: 1\n'],
    ['a: 1\nb:\n  - x\n  - y\nc: 3\n', 'a: 1\nc: 3\n'],
  ])('%j', (before, after) => expect(edit(before, (file, map) => removeEntry(file, map, 'b'))).toBe(after))
})

test('an edit that does something else than it says is refused', () => {
  const file = sourceFromText('x.yml', 'a: 1\nb: 2\n')
  const { root } = parseYaml(file)
  if (!isMap(root)) throw new Error('the sample is no map')
  const [first] = setIn(file, root, ['a'], '3')
  expect(first && checkIntent(file, [{ ...first, end: file.text.length }])).toBeDefined()
  expect(first && checkIntent(file, [{ ...first, text: '[' }])).toBeDefined()
})

test('text is quoted where YAML would read something else', () => {
  expect(['main', 'true', '1.0', 'a: b', 'a #b', "it's", '', '@x', 'github.actor == 1'].map(quoteIfNeeded)).toEqual([
    'main',
    "'true'",
    "'1.0'",
    "'a: b'",
    "'a #b'",
    "it's",
    "''",
    "'@x'",
    'github.actor == 1',
  ])
})
