import { expect, test } from 'vitest'
import { parseHosts, readHosts } from './hosts.ts'

test('every address has its first name, in the spelling of the sensor', () => {
  const text =
    '127.0.0.1\tlocalhost\n# 10.0.0.1 commented\n203.0.113.7  Cache.Example.test alias # why\n2001:DB8:0:0::7 six.example.test\r\n'
  expect([...parseHosts(text)]).toEqual([
    ['127.0.0.1', 'localhost'],
    ['203.0.113.7', 'cache.example.test'],
    ['2001:db8::7', 'six.example.test'],
  ])
})

test('what is no line of hosts costs nothing else', () => {
  expect([
    ...parseHosts('nonsense here\n203.0.113.8\n203.0.113.9 \u001b[31mred\nfe80::1%eth0 zone\n203.0.113.10 good\n203.0.113.10 second\n'),
  ]).toEqual([['203.0.113.10', 'good']])
  expect(readHosts('/nowhere/hosts').size).toBe(0)
})
