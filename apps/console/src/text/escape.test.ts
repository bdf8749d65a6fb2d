import { expect, test } from 'vitest'
import { cutMiddle, isDeceptive, segments, visible } from './escape.ts'

test('ordinary text of any script is left as it is', () => {
  for (const text of ['/home/runner/work/app', 'größe', 'naïve café', '日本語のファイル', 'שלום', '😀 ok']) {
    expect(segments(text)).toEqual([{ text }])
    expect(isDeceptive(text)).toBe(false)
  }
})

test('control characters are shown by their short names', () => {
  expect(visible('a\u0000b\u001b[31mc\r\nd\u007f')).toBe('a‹NUL›b‹ESC›[31mc‹CR›‹LF›d‹DEL›')
})

test('bidirectional overrides are shown by number, so the order of letters cannot lie', () => {
  expect(visible('invoice\u202Egpj.exe')).toBe('invoice‹U+202E›gpj.exe')
  expect(segments('\u202E')).toEqual([{ mark: '‹U+202E›', name: 'U+202E RIGHT-TO-LEFT OVERRIDE' }])
})

test('invisible characters, odd spaces, tags and lone surrogates are shown', () => {
  expect(visible('git\u200Bhub.com')).toBe('git‹U+200B›hub.com')
  expect(visible('a\u00A0b')).toBe('a‹U+00A0›b')
  expect(visible('a\u{E0041}')).toBe('a‹U+E0041›')
  expect(visible('\uD800x')).toBe('‹U+D800›x')
})

test('a tower of combining marks is cut to two', () => {
  expect(visible('e\u0301\u0302\u0303\u0304')).toBe('e\u0301\u0302‹U+0303›‹U+0304›')
})

test('nothing of the original is dropped', () => {
  const hostile = '</script>\u001b[2J\u202Eabc\u0000'
  const rebuilt = segments(hostile).map((part) => ('mark' in part ? part.mark : part.text))
  expect(rebuilt.join('')).toBe(visible(hostile))
  expect(segments(hostile)).toHaveLength(6)
})

test('a long value keeps both ends and counts what is left out', () => {
  const cut = cutMiddle(`head${'x'.repeat(10_000)}tail`, 40, 8)
  expect(cut.head).toHaveLength(32)
  expect(cut.tail).toBe('xxxxtail')
  expect(cut.head.length + cut.tail.length + cut.omitted).toBe(10_008)
})

test('a cut never splits a surrogate pair', () => {
  const cut = cutMiddle('😀'.repeat(50), 21, 9)
  expect(visible(cut.head)).toBe(cut.head)
  expect(visible(cut.tail)).toBe(cut.tail)
})
