import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shorten, visible, widthOf } from './visible.ts'

test('what a terminal would act on is shown instead', () => {
  expect(visible('a\u001b[31mred\u0007\r\n')).toBe('a\\e[31mred\\u{7}\\r\\n')
  expect(visible('file\u202egpj.exe')).toBe('file\\u{202e}gpj.exe')
  expect(visible('zero\u200bwidth\u{e0041}\u009b1m')).toBe('zero\\u{200b}width\\u{e0041}\\u{9b}1m')
  expect(visible('grün 日本 ok')).toBe('grün 日本 ok')
})

test('no text whatever leaves a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      // oxlint-disable-next-line no-control-regex -- control characters are what must be gone
      expect(visible(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('a long text keeps both ends and fits, also when its characters are wide', () => {
  expect(shorten('/usr/lib/node_modules/npm/bin/npm-cli.js', 21)).toBe('/usr/lib/n…npm-cli.js')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.integer({ min: 3, max: 80 }), (text, columns) => {
      expect(widthOf(shorten(visible(text), columns))).toBeLessThanOrEqual(columns)
    }),
  )
})
