/*
 * The tree against the `yaml` package as the oracle for values, and against the source for places; then what hostile files do. Real files
 * are read from the corpus where it is unpacked; without it the pages of the rules serve.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { analyze } from '../analyze.ts'
import { rules } from '../rules/index.ts'
import { sourceFromBytes, sourceFromText } from '../source.ts'
import { parseYaml } from './parse.ts'
import { scalarsBelow, sourceOffset, type YamlNode } from './tree.ts'

const PAGES = fileURLToPath(new URL('../rules/', import.meta.url))

/** The YAML blocks of every rule's page. */
const samples = readdirSync(PAGES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) =>
    [...readFileSync(`${PAGES}${entry.name}/rule.md`, 'utf8').matchAll(/^```ya?ml.*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? ''),
  )

function plain(node: YamlNode | undefined): unknown {
  if (node === undefined) return null
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'seq') return node.items.map(plain)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key.value, plain(value)]))
}

function oracle(text: string): unknown {
  return parse(text, { schema: 'failsafe', merge: false, uniqueKeys: false, logLevel: 'silent' })
}

test('there are samples to look at', () => expect(samples.length).toBeGreaterThan(100))

test.each(samples.map((text, at) => [at, text] as const))('sample %i has the values that the oracle finds', (_, text) => {
  expect(plain(parseYaml(sourceFromText('x.yml', text)).root)).toEqual(oracle(text))
})

const SCALARS = [
  'a: plain\n  folded\n\n  over lines\n',
  "a: 'it''s\n  folded'\n",
  'a: "tab\\t and \\\n   joined \\u00e9 \\x41"\n',
  'a: |\n  one\n   two\n\n  three\n\n\nb: 1\n',
  'a: |-\n  one\n  two\n',
  'a: |+\n  one\n\nb: 1\n',
  'a: >\n  one\n  two\n\n   more\n  three\n',
  'a: >-\n  one\n  two\n',
  'a: |2\n   indented\n  two\n',
  'a: >2-\n   x\n  y\n',
  'a: &x [1, 2]\nb: *x\n',
  'a: {b: c, d: [e, {f: g}]}\n',
  '- - a\n  - b\n- c\n',
  'a:\n- b\n- c:\n  d: e\n',
  '"quoted key": 1\n? a\n: b\n',
  'a: |\r\n  one\r\n  two\r\n',
]
test.each(SCALARS)('decodes %j as the oracle does', (text) => {
  expect(plain(parseYaml(sourceFromText('x.yml', text)).root)).toEqual(oracle(text))
})

test('every character of a value is found where it stands in the file', () => {
  for (const text of [...samples, ...SCALARS]) {
    const file = sourceFromText('x.yml', text)
    for (const scalar of scalarsBelow(parseYaml(file).root)) {
      for (let at = 0; at < scalar.pieces.length; at += 3) {
        const [value = 0, source = 0, length = 0] = scalar.pieces.slice(at, at + 3)
        // An escape is one piece of length one that stands for another character.
        if (length > 1) expect(text.slice(source, source + length)).toBe(scalar.value.slice(value, value + length))
        expect(sourceOffset(scalar, value)).toBe(source)
      }
    }
  }
})

function scan(text: string) {
  return analyze('.', [{ path: '.github/workflows/x.yml', file: sourceFromText('x.yml', text) }], { rules })
}

describe('hostile files', () => {
  test.each([
    ['nothing', ''],
    ['only a mark', '\uFEFF'],
    ['a list', '- a\n'],
    ['text', 'hello'],
    ['an open bracket', 'jobs: ['],
    ['tabs', 'jobs:\n\tbuild:\n\t\tx: 1\n'],
    ['NUL', 'on: push\u0000\njobs: {}\n'],
    ['10,000 brackets', `a: ${'['.repeat(10_000)}`],
    ['10,000 maps', '{a: '.repeat(10_000)],
    ['500 levels of blocks', Array.from({ length: 500 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    [
      'an alias bomb',
      [
        'a0: &a0 [x, x]',
        ...Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
        'on: *a40',
        'jobs: {b: {env: *a40, steps: *a40}}',
      ].join('\n'),
    ],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['two keys', 'on: push\non: push\n'],
    ['two documents', 'on: push\n---\non: push\n'],
  ])('%s is said to be wrong', (_, text) => {
    const started = performance.now()
    const { errors } = scan(text)
    expect(errors.length).toBeGreaterThan(0)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  test('names of the prototype are names', () => {
    const { errors } = scan(
      'on: push\njobs:\n  __proto__:\n    runs-on: ubuntu-24.04\n    constructor: 1\n    steps: [{run: "echo ${{ github.__proto__ }} ${{ toString() }}"}]\n',
    )
    expect(errors).toEqual([])
    expect(Object.prototype).not.toHaveProperty('runs-on')
  })

  test('bytes that are no UTF-8 are said to be wrong and the rest is read', () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode(
        'on: issues\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo "${{ github.event.issue.title }}" # ',
      ),
      0xff,
      0x0a,
    ])
    const { errors, findings } = analyze('.', [{ path: '.github/workflows/x.yml', file: sourceFromBytes('x.yml', bytes) }], { rules })
    expect(errors.map((error) => error.problem.code)).toEqual(['encoding'])
    expect(findings.map((finding) => finding.rule.id)).toContain('template-injection')
  })

  test('random edits of real files never throw and no rule fails', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.nat(30),
        fc.string({ unit: fc.constantFrom(...Array.from('{}[]:|>&*!%@`#\'"\\\n\t -${}()<a;')) }),
        (text, from, length, insert) => {
          const at = from % (text.length + 1)
          const { errors } = scan(text.slice(0, at) + insert + text.slice(at + length))
          expect(errors.filter((error) => error.problem.message.includes('fault of Gatehouse'))).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })
})
