import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlaintextReader } from './index.ts'
import { hex } from './testing.ts'

const reader = (connectionsMax?: number) =>
  createPlaintextReader({ hashCredential: (text) => `hash-${text.length}`, ...(connectionsMax === undefined ? {} : { connectionsMax }) })
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))

const HEAD = 'GET /a/b?token=canary HTTP/1.1\r\nHost: Api.Example.Test:8443\r\nAuthorization: Bearer canary\r\n\r\n'
const REQUEST = { version: '1.1', method: 'GET', host: 'api.example.test', path: '/a/b', credential: 'hash-6', complete: true }

test('a request over TLS is read, and its answer joined', () => {
  const plain = reader()
  expect(plain.wrote('1', bytes(HEAD), 0)).toEqual([{ ...REQUEST, number: 1 }])
  expect(plain.read('1', bytes('HTTP/1.1 100 Continue\r\n\r\n'))).toEqual([])
  expect(plain.read('1', bytes('HTTP/1.1 201 Created\r\n\r\n'))).toEqual([{ number: 1, status: 201 }])
  // The same request on the same connection, after its answer, is a second one.
  expect(plain.wrote('1', bytes(HEAD), 1)).toEqual([{ ...REQUEST, number: 2 }])
})

test('a head in pieces of any size is one request', () => {
  for (const size of [1, 5, 30]) {
    const plain = reader()
    // The first piece must show the method: the kernel side picks writes by it.
    const cuts = [HEAD.slice(0, 8), ...(HEAD.slice(8).match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])]
    expect(cuts.flatMap((piece) => plain.wrote('1', bytes(piece), 0))).toEqual([{ ...REQUEST, number: 1 }])
  }
})

test('a head whose end was not seen is told as incomplete once the next begins', () => {
  const plain = reader()
  plain.wrote('1', bytes('PUT /up HTTP/1.1\r\nHost: a.example.test\r\n'), 0)
  const found = plain.wrote('1', bytes(HEAD), 1)
  expect(found.map(({ path, complete }) => [path, complete])).toEqual([
    ['/up', false],
    ['/a/b', true],
  ])
})

test('the retries of a handshake are one request, counted; a return value tells it exactly', () => {
  const plain = reader()
  expect([0, 1, 2].flatMap((time) => plain.wrote('1', bytes(HEAD), time)).length).toBe(1)
  expect(plain.counts().repeated).toBe(2)
  const exact = reader()
  expect([-1, -1, HEAD.length].flatMap((result) => exact.wrote('1', bytes(HEAD), 0, result)).length).toBe(1)
  expect([HEAD.length, HEAD.length].flatMap((result) => exact.wrote('1', bytes(HEAD), 0, result)).length).toBe(2)
})

const SETTINGS = '000000040000000000'
const BLOCK = '828684418cf1e3c2e5f23a6ba0ab90f4ff'
const headers = (stream: number, block: string) =>
  `${(block.length / 2).toString(16).padStart(6, '0')}0105${stream.toString(16).padStart(8, '0')}${block}`
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').toString('hex')

test('HTTP/2 is told by its preface, and a repeated preface is a retry', () => {
  const plain = reader()
  const first = hex(PREFACE + SETTINGS + headers(1, BLOCK))
  expect(plain.wrote('1', first, 0)).toEqual([
    { version: '2', method: 'GET', host: 'www.example.com', path: '/', complete: true, number: 1 },
  ])
  expect(plain.wrote('1', first, 1)).toEqual([])
  // The table has one entry, not two: 0xbe is still the authority.
  expect(plain.wrote('1', hex(headers(3, '828684be')), 2)).toMatchObject([{ host: 'www.example.com', number: 3 }])
  expect(plain.read('1', hex(SETTINGS + headers(1, '88')))).toEqual([{ number: 1, status: 200 }])
})

test('HTTP/2 joined in the middle says what is literal only', () => {
  expect(reader().wrote('1', hex(headers(7, '828684be')), 0)).toMatchObject([
    { method: 'GET', path: '/', host: undefined, complete: false },
  ])
})

test('what is neither is left alone, and counted', () => {
  const plain = reader()
  expect(plain.wrote('1', bytes('\x10\x27\x00\x04MQTT\x05\xc2\x00\x3c'), 0)).toEqual([])
  expect(plain.wrote('1', bytes(HEAD), 1)).toEqual([])
  expect(plain.counts().other).toBe(1)
})

test('connections are bounded, closed ones gone, and lost bytes not joined', () => {
  const plain = reader(2)
  for (const name of ['1', '2', '3']) plain.wrote(name, bytes('GET /x HTTP/1.1\r\n'), 0)
  expect(plain.counts()).toMatchObject({ connections: 2, evicted: 1 })
  plain.close('3')
  plain.lose('2', 'wrote')
  expect(plain.wrote('2', bytes('Host: a.example.test\r\n\r\n'), 0)).toEqual([])
  expect(plain.read('gone', bytes('HTTP/1.1 200 OK\r\n'))).toEqual([])
  expect(plain.counts().connections).toBe(1)
})

test('nothing secret is in what comes out', () => {
  expect(JSON.stringify(reader().wrote('1', bytes(HEAD), 0))).not.toContain('canary')
})

test('any writes and reads end in values', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(bytes(HEAD), hex(PREFACE), hex(SETTINGS), hex(headers(1, BLOCK)), bytes('HTTP/1.1 200 OK\r\n')),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), piece), { maxLength: 12 }), (steps) => {
      const plain = reader()
      for (const [wrote, data] of steps) {
        if (wrote) plain.wrote('1', data, 0)
        else plain.read('1', data)
      }
    }),
    { numRuns: 500 },
  )
})
