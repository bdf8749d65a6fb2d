/*
 * How: the worked examples of RFC 7541, appendix C; then bytes of real clients and a real server, taken by a proxy between them on
 * loopback; then what is missed, broken and hostile.
 */
import { spawn, spawnSync } from 'node:child_process'
import { connect as connectHttp2, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hex } from '../tls/testing.ts'
import { createFrameReader } from './frames.ts'
import { createHpackDecoder, type Field } from './hpack.ts'
import { createHttp2Connection, type Http2Request, type Http2Response } from './index.ts'
import { portOf, tap } from './testing.ts'

const hashed: string[] = []
const hashCredential = (credential: string) => {
  hashed.push(credential)
  return `hash-of-${credential.length}`
}

const other: Field = { name: 'other', value: undefined }
const get = (host: string, path: string, scheme: string, ...more: readonly Field[]): readonly Field[] => [
  { name: ':method', value: 'GET' },
  { name: ':scheme', value: scheme },
  { name: ':path', value: path },
  { name: ':authority', value: host },
  ...more,
]

describe('the examples of RFC 7541', () => {
  test.each([
    [
      'C.3',
      [
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ],
    ],
    [
      'C.4, Huffman coded',
      ['828684418cf1e3c2e5f23a6ba0ab90f4ff', '828684be5886a8eb10649cbf', '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf'],
    ],
  ])('%s: three requests on one connection', (_, blocks) => {
    const decoder = createHpackDecoder({ hashCredential })
    expect(blocks.map((block) => decoder.read(hex(block)))).toEqual([
      get('www.example.com', '/', 'http'),
      get('www.example.com', '/', 'http', other),
      get('www.example.com', '/index.html', 'https', other),
    ])
  })

  test.each([
    [
      'C.5',
      [
        '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
        '4803333037c1c0bf',
        '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
      ],
    ],
    [
      'C.6, Huffman coded',
      [
        '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
        '4883640effc1c0bf',
        '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      ],
    ],
  ])('%s: three responses that push each other out of a table of 256', (_, blocks) => {
    const decoder = createHpackDecoder({ hashCredential })
    decoder.read(hex('3fe101'))
    const statuses = (block: string) => decoder.read(hex(block))?.map(({ name, value }) => (name === ':status' ? value : name))
    expect(blocks.map(statuses)).toEqual([
      ['302', 'other', 'other', 'other'],
      ['307', 'other', 'other', 'other'],
      ['200', 'other', 'other', 'other', 'other', 'other'],
    ])
    // The entry of the first response is gone by then: the third one needed its room.
    expect(decoder.read(hex('c2'))).toBeNull()
  })
})

test('an index that does not exist puts the connection out of step for good', () => {
  const decoder = createHpackDecoder({ hashCredential })
  expect(decoder.read(hex('be'))).toBeNull()
  expect(decoder.read(hex('80'))).toBeNull()
  // Now it is unknown what index 62 means, rather than an error.
  expect(decoder.read(hex('82be'))).toEqual([
    { name: ':method', value: 'GET' },
    { name: undefined, value: undefined },
  ])
})

test('a table larger than we follow makes references unknown, not wrong', () => {
  const decoder = createHpackDecoder({ hashCredential, tableBytesMax: 4_096 })
  decoder.read(hex('410f7777772e6578616d706c652e636f6d'))
  expect(decoder.read(hex('be'))).toEqual([{ name: ':authority', value: 'www.example.com' }])
  expect(decoder.read(hex('3fe17fbe'))).toEqual([{ name: undefined, value: undefined }])
})

test.each([
  ['an unfinished integer', 'ff'],
  ['an integer without end', 'ffffffffffff'],
  ['a string longer than its block', '4103'],
  ['Huffman padding with zeros', '418100'],
  ['Huffman padding of a whole byte', '4182f8ff'],
  ['the end-of-string mark inside Huffman text', '4184ffffffff'],
])('%s is an error', (_, block) => expect(createHpackDecoder({ hashCredential }).read(hex(block))).toBeNull())

test('too many fields are an error, not memory', () => {
  expect(createHpackDecoder({ hashCredential, fieldsMax: 4 }).read(hex('8282828282'))).toBeNull()
})

interface Exchange {
  readonly requests: Http2Request[]
  readonly responses: Http2Response[]
  /** All the client sent, for cutting and mutating. */
  readonly sent: Buffer
  readonly received: Buffer
}

function decode(sent: Uint8Array, received: Uint8Array, size: number, start?: 'seen' | 'missed'): Exchange {
  const connection = createHttp2Connection({ hashCredential, ...(start === undefined ? {} : { start }) })
  const requests: Http2Request[] = []
  const responses: Http2Response[] = []
  for (let at = 0; at < sent.length; at += size) requests.push(...connection.client(sent.subarray(at, at + size)))
  for (let at = 0; at < received.length; at += size) responses.push(...connection.server(received.subarray(at, at + size)))
  return { requests, responses, sent: Buffer.from(sent), received: Buffer.from(received) }
}

const EVERY_CHARACTER = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
  .filter((character) => character !== '?' && character !== '#')
  .join('')

const ASKED = [
  { ':path': '/first?token=canary-query', authorization: 'Bearer canary-token-1' },
  { ':path': '/first?token=canary-query', authorization: 'Bearer canary-token-1' },
  { ':path': `/all/${EVERY_CHARACTER}`, ':method': 'POST', 'x-secret': 'canary-header' },
  { ':path': '/status/404', cookie: 'session=canary-cookie' },
  { ':path': '/trailers' },
  { ':path': `/long/${'x'.repeat(3_000)}`, 'x-big': 'y'.repeat(20_000) },
  { ':path': '/first', authorization: 'token other' },
] as const

describe('a real connection of node to node', () => {
  const server = createHttp2Server({ maxHeaderListPairs: 200, settings: { maxHeaderListSize: 65_000, headerTableSize: 8_192 } })
  let taken: { sent: Buffer; received: Buffer } = { sent: Buffer.alloc(0), received: Buffer.alloc(0) }

  beforeAll(async () => {
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      const path = String(headers[':path'])
      stream.on('error', () => {})
      stream.resume()
      if (path === '/trailers') {
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': 'done' }))
        stream.end('body')
      } else {
        stream.additionalHeaders({ ':status': 103, link: '</style.css>' })
        stream.respond({ ':status': path === '/status/404' ? 404 : 200, 'x-reply': path.slice(0, 20) })
        stream.end('x'.repeat(40_000))
      }
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const proxy = await tap(portOf(server))
    const session = connectHttp2(`http://127.0.0.1:${proxy.port}`, { maxHeaderListPairs: 200, settings: { maxHeaderListSize: 65_000 } })
    for (const headers of ASKED) {
      await new Promise<void>((done, failed) => {
        const request = session.request({ ':authority': 'Api.Example.Test:8443', ...headers }, { endStream: false })
        request.on('error', failed)
        request.on('close', done)
        request.resume()
        request.end(headers[':path'] === '/trailers' ? '' : 'z'.repeat(20_000))
      })
    }
    session.destroy()
    taken = await proxy.taken
    proxy.server.close()
  })
  afterAll(() => server.close())

  const expected = ASKED.map((headers, index) => ({
    kind: 'request',
    stream: index * 2 + 1,
    method: ':method' in headers ? headers[':method'] : 'GET',
    host: 'api.example.test',
    path: headers[':path'].replace(/\?.*/, ''),
    scheme: 'http',
    ...('authorization' in headers ? { credential: `hash-of-${headers.authorization.replace(/^\S+ /, '').length}` } : {}),
    complete: true,
  }))

  test.each([1, 9, 1_000, 1_000_000])('gives every request and status from pieces of %i bytes', (size) => {
    const { requests, responses } = decode(taken.sent, taken.received, size)
    expect(requests).toEqual(expected)
    expect(responses.map(({ stream, status }) => [stream, status])).toEqual(
      ASKED.map((headers, index) => [index * 2 + 1, headers[':path'] === '/status/404' ? 404 : 200]),
    )
  })

  test('lets no query, cookie, other header or token out', () => {
    hashed.length = 0
    const text = JSON.stringify(decode(taken.sent, taken.received, 1_000_000))
    expect(JSON.stringify(decode(taken.sent, taken.received, 1_000_000).requests)).not.toContain('canary')
    expect(text).toContain('first')
    // The token reaches the hash, and only the hash, without its scheme.
    expect(new Set(hashed)).toEqual(new Set(['canary-token-1', 'other']))
  })

  test('joined in the middle, tells what is literal and says unknown for the rest', () => {
    // Without the preface, and without the first request that filled the table.
    const frames = framesOf(taken.sent.subarray(24))
    const first = frames.findIndex((frame) => frame[3] === 1)
    const late = Buffer.concat(frames.slice(first + 1))
    const { requests } = decode(late, taken.received, 4_000, 'missed')
    expect(requests.map(({ stream }) => stream)).toEqual(expected.slice(1).map(({ stream }) => stream))
    for (const [index, request] of requests.entries()) {
      expect(request.complete).toBe(false)
      for (const part of ['method', 'host', 'path', 'scheme'] as const)
        expect([undefined, expected[index + 1]![part]]).toContain(request[part])
    }
    // Something is known and something is not, else this test would look at nothing.
    expect(requests.some(({ path }) => path !== undefined)).toBe(true)
    expect(requests.some(({ host }) => host === undefined)).toBe(true)
  })

  test('the same, found out by the missing preface alone', () => {
    const late = Buffer.concat(framesOf(taken.sent.subarray(24)))
    expect(decode(late, taken.received, 4_000).requests[0]).toMatchObject({ complete: false })
    expect(decode(late, taken.received, 4_000, 'seen').requests).toEqual(expected)
  })

  test('after a loss, nothing is guessed', () => {
    const connection = createHttp2Connection({ hashCredential })
    const frames = framesOf(taken.sent.subarray(24))
    connection.client(taken.sent.subarray(0, 24))
    const found: Http2Request[] = []
    for (const [index, frame] of frames.entries()) {
      if (index === 3) connection.lose('client')
      else found.push(...connection.client(frame))
    }
    for (const request of found) {
      const truth = expected.find(({ stream }) => stream === request.stream)!
      for (const part of ['method', 'host', 'path', 'scheme'] as const) expect([undefined, truth[part]]).toContain(request[part])
    }
    expect(found.some(({ complete }) => !complete)).toBe(true)
  })

  test('with other frames left out, as the kernel does, it is read the same', () => {
    const kept = framesOf(taken.sent.subarray(24)).filter((frame) => frame[3] === 1 || frame[3] === 9)
    expect(decode(Buffer.concat(kept), Buffer.alloc(0), 100_000, 'seen').requests).toEqual(expected)
  })

  test('any mutation ends in values or in not-http2, never in an exception', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(taken.sent.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5_000 }),
        (flips, size) => {
          const mutated = Buffer.from(taken.sent)
          for (const [index, value] of flips) mutated[index] = value
          expect(decode(mutated, taken.received, size).requests.length).toBeLessThanOrEqual(ASKED.length + 1)
        },
      ),
      { numRuns: 100 },
    )
  })
})

/** Whole frames, header included. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    frames.push(bytes.subarray(at, at + 9 + bytes.readUIntBE(at, 3)))
  return frames
}

const curlSpeaksHttp2 = spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout?.includes('HTTP2') ?? false

describe.skipIf(!curlSpeaksHttp2)(`a real connection of curl${curlSpeaksHttp2 ? '' : ' (skipped: needs curl with HTTP/2)'}`, () => {
  test('gives its request and the status', async () => {
    const server = createHttp2Server()
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 201 })
      stream.end('ok')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const proxy = await tap(portOf(server))
    const argv = [
      '-s',
      '--noproxy',
      '*',
      '--http2-prior-knowledge',
      '-X',
      'PUT',
      '-H',
      'Authorization: Bearer canary',
      `http://127.0.0.1:${proxy.port}/up?load=canary`,
    ]
    const child = spawn('curl', argv, { stdio: 'ignore' })
    const taken = await proxy.taken
    child.kill()
    proxy.server.close()
    server.close()
    const { requests, responses } = decode(taken.sent, taken.received, 7)
    expect(requests).toEqual([
      {
        kind: 'request',
        stream: 1,
        method: 'PUT',
        host: '127.0.0.1',
        path: '/up',
        scheme: 'http',
        credential: 'hash-of-6',
        complete: true,
      },
    ])
    expect(responses).toEqual([{ kind: 'response', stream: 1, status: 201 }])
  })
})

test.each([
  ['HTTP/1', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
  ['another preface', Buffer.from('PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n')],
  ['TLS', hex('16030100a0010000')],
  ['zeros', Buffer.alloc(64)],
])('%s is not HTTP/2', (_, bytes) => {
  const connection = createHttp2Connection({ hashCredential })
  expect(connection.client(bytes)).toEqual([])
  connection.client(Buffer.from('0000000000'))
  expect(connection.state()).toBe('not-http2')
})

test('a header block without end is given up, not collected', () => {
  const connection = createHttp2Connection({ hashCredential, start: 'seen' })
  connection.client(hex('000001' + '0100' + '00000001' + '82'))
  const more = Buffer.concat([hex('004000' + '0900' + '00000001'), Buffer.alloc(0x4000, 0x82)])
  for (let count = 0; count < 8; count += 1) connection.client(more)
  expect(connection.state()).toBe('not-http2')
})

test('a header block is zeroed as soon as it was read', () => {
  const blocks: Uint8Array[] = []
  const reader = createFrameReader()
  reader.lose()
  const whole = hex('000002' + '0104' + '00000001' + '8287')
  const parts = hex('000001' + '0100' + '00000003' + '82' + '000001' + '0904' + '00000003' + '87')
  reader.push(Uint8Array.from([...whole, ...parts]), ({ block }) => {
    expect([...block]).toEqual([0x82, 0x87])
    blocks.push(block)
  })
  expect(blocks.map((block) => Array.from(block).join())).toEqual(['0,0', '0,0'])
})

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      createHpackDecoder({ hashCredential }).read(bytes)
      const connection = createHttp2Connection({ hashCredential, start: 'seen' })
      connection.client(bytes)
      connection.server(bytes)
    }),
    { numRuns: 1_000 },
  )
})
