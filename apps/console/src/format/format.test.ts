import { expect, test } from 'vitest'
import { ago, baseName, bytes, commandLine, count, counted, duration, endpoint, offset, refName, shortCount } from './format.ts'

test('counts group thousands and agree with their noun', () => {
  expect(count(100_000)).toBe('100,000')
  expect([counted(0, 'host'), counted(1, 'host'), counted(2, 'process', 'processes')]).toEqual(['no hosts', '1 host', '2 processes'])
  expect([shortCount(9_999), shortCount(100_000), shortCount(1_240_000)]).toEqual(['9,999', '100k', '1.2M'])
})

test('bytes use decimal units and never show a thousand of one', () => {
  expect([0, 640, 999, 1_000, 4_096, 999_999, 12_300_000].map(bytes)).toEqual(['0 B', '640 B', '999 B', '1 KB', '4.1 KB', '1 MB', '12 MB'])
})

test('durations keep two units at most', () => {
  expect([0, 85, 3_200, 999_900, 1_400_000, 59_000_000, 125_000_000, 3_840_000_000, 266_400_000_000].map(duration)).toEqual([
    '0 s',
    '85 µs',
    '3.2 ms',
    '1 s',
    '1.4 s',
    '59 s',
    '2 m 05 s',
    '1 h 04 m',
    '3 d 2 h',
  ])
})

test('a negative duration of skewed clocks is shown as none', () => {
  expect(duration(-5)).toBe('0 s')
})

test('offsets line up and say when something was before the start', () => {
  expect([offset(12_345_600, 0), offset(0, 1_000_000), offset(725_500_000, 0)]).toEqual(['+12.346 s', '−1.000 s', '+12:05.5'])
})

test('relative times go from seconds to a date', () => {
  const now = Date.UTC(2026, 10, 22) * 1_000
  const minutes = 60_000_000
  expect([0, 42_000_000, 5 * minutes, 180 * minutes, 1_500 * minutes, 9_000 * minutes].map((past) => ago(now - past, now))).toEqual([
    'just now',
    '42 s ago',
    '5 min ago',
    '3 h ago',
    'yesterday',
    '6 days ago',
  ])
  expect(ago(Date.UTC(2026, 2, 12, 12) * 1_000, now)).toBe('12 Mar')
})

test('addresses of version 6 are bracketed', () => {
  expect(endpoint('203.0.113.9', 8000)).toBe('203.0.113.9:8000')
  expect(endpoint('2001:db8::1', 443)).toBe('[2001:db8::1]:443')
})

test('a command line quotes what a shell would split or expand', () => {
  expect(commandLine(['sh', '-c', "echo 'hi' $HOME"])).toBe(`sh -c 'echo '\\''hi'\\'' $HOME'`)
  expect(commandLine(['npm', 'ci', '--prefix=/a/b'])).toBe('npm ci --prefix=/a/b')
  expect(commandLine([''])).toBe("''")
})

test('refs are named as people say them', () => {
  expect(['refs/heads/feature/x', 'refs/tags/v1', 'refs/pull/7/merge', 'main'].map(refName)).toEqual(['feature/x', 'v1', 'PR #7', 'main'])
})

test('a base name is never empty', () => {
  expect([baseName('/usr/bin/node'), baseName('node'), baseName('/')]).toEqual(['node', 'node', '/'])
})
