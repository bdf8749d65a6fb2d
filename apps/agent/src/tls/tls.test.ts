/*
 * How: real ClientHellos recorded from the clients of a CI image (record-fixtures.ts), the vectors published with JA4, hellos built
 * by hand for what real clients do not do, and mutations of all of them.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { connect } from 'node:tls'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHelloReader, HELLO_BYTES_MAX, ja4, ja4Raw, readClientHello, readHello, type ClientHello } from './index.ts'
import type { Fixture } from './record-fixtures.ts'
import { alpn, helloMessage, plain, recordsOf, serverName, signatures, versions } from './testing.ts'

// Safe: written by our own script.
const fixtures = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/client-hellos.json'), 'utf8')) as readonly Fixture[]
const bytesOf = (fixture: Fixture) => Uint8Array.from(Buffer.from(fixture.bytes, 'hex'))

function hello(bytes: Uint8Array): ClientHello {
  const reading = readClientHello(bytes)
  if (reading.kind !== 'hello') throw new Error(`not a hello: ${JSON.stringify(reading)}`)
  return reading.hello
}

describe.each(fixtures)('the hello of $client, $version', (fixture) => {
  const bytes = bytesOf(fixture)

  test('gives the name, the protocols and the version', () => {
    const read = hello(bytes)
    expect({ serverName: read.serverName, alpn: read.alpn }).toEqual({ serverName: fixture.serverName, alpn: fixture.alpn })
    expect(read.version).toBe(fixture.client.includes('TLS 1.2') ? 0x0303 : 0x0304)
    expect(read.oddities).toEqual([])
    expect(read.ech).toEqual(fixture.client.includes('encrypted') ? { form: 'outer', configId: 77 } : undefined)
    expect(JSON.stringify(read)).not.toContain('secret')
  })

  test('is read the same from segments of every small size', () => {
    for (const size of [1, 2, 3, 7, 100, 1460]) {
      const reader = createHelloReader()
      let last = reader.push(new Uint8Array(0))
      for (let offset = 0; offset < bytes.length; offset += size) last = reader.push(bytes.subarray(offset, offset + size))
      expect(last).toEqual(readClientHello(bytes))
    }
  })

  test('is read the same when the message is cut over records', () => {
    const message = bytes.subarray(5)
    for (const size of [1, 5, 50]) expect(readClientHello(recordsOf(message, size))).toEqual(readClientHello(bytes))
  })

  test('asks for more at every shorter length, and never decides wrongly', () => {
    for (let length = 0; length < bytes.length; length += 1) expect(readClientHello(bytes.subarray(0, length)).kind).toBe('more')
  })

  test('survives any flipped bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(bytes.length),
        (flips, length) => {
          const mutated = bytes.slice()
          for (const [index, value] of flips) mutated[index] = value
          const reading = readClientHello(mutated.subarray(0, length))
          if (reading.kind === 'hello')
            expect(ja4(reading.hello, 'tcp')).toMatch(/^t(?:[0-9sd][0-9])[di]\d{4}\w\w_[0-9a-f]{12}_[0-9a-f]{12}$/)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('every client of the machine that was recorded has a fingerprint of its own, apart from ALPN', () => {
  const prints = fixtures.map((fixture) => ja4(hello(bytesOf(fixture)), 'tcp').replace(/^(.{4}).{6}/, '$1'))
  expect(fixtures.length).toBeGreaterThanOrEqual(8)
  // node's two modules are one library.
  expect(new Set(prints).size).toBe(fixtures.length - 1)
})

test('the hello of this very Node is read live', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const first = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => {
      const reader = createHelloReader()
      let all = Buffer.alloc(0)
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        all = Buffer.concat([all, chunk])
        if (reader.push(chunk).kind === 'more') return
        socket.destroy()
        resolve(all)
      })
    })
  })
  const { port } = server.address() as { port: number }
  const client = connect({ host: '127.0.0.1', port, servername: 'Live.Example.TEST', ALPNProtocols: ['h2'] })
  client.on('error', () => {})
  expect(hello(await first)).toMatchObject({ serverName: 'live.example.test', alpn: ['h2'], version: 0x0304 })
  server.close()
})

/** Vectors: FoxIO ja4 repository, technical_details/JA4.md and the expected output beside its captures (BSD-3-Clause). */
const PUBLISHED = [
  {
    ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
    ciphers: '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035',
    extensions: '001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015',
    signatures: '0403,0804,0401,0503,0805,0501,0806,0601',
  },
  {
    ja4: 't13d1517h2_8daaf6152771_cb7bf5808d99',
    ciphers: '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035',
    extensions: 'fe0d,0010,0017,0033,44cd,ff01,000a,000d,0023,002b,000b,ca34,002d,0000,0005,001b,0012',
    // As in its capture: GREASE stands among the signature algorithms too.
    signatures: '1a1a,0904,0905,0906,0403,0804,0401,0503,0805,0501,0806,0601',
  },
] as const

const list = (text: string) => text.split(',').map((word) => Number.parseInt(word, 16))

describe.each(PUBLISHED)('JA4 $ja4', (vector) => {
  const extensionOf = (type: number) => {
    if (type === 0) return serverName('cloud.example.test')
    if (type === 16) return alpn('h2', 'http/1.1')
    if (type === 13) return signatures(...list(vector.signatures))
    if (type === 43) return versions(0x3a3a, 0x0304, 0x0303)
    return plain(type)
  }
  const read = hello(
    recordsOf(
      helloMessage({
        ciphers: [0x0a0a, ...list(vector.ciphers)],
        extensions: [plain(0x2a2a), ...list(vector.extensions).map(extensionOf), plain(0xfafa)],
      }),
    ),
  )

  test('is computed as published, GREASE left out', () => expect(ja4(read, 'tcp')).toBe(vector.ja4))
  test('differs over QUIC by its first letter only', () => expect(ja4(read, 'quic')).toBe(`q${vector.ja4.slice(1)}`))
  test('has the published lists when not hashed', () => {
    const sorted = vector.extensions
      .split(',')
      .filter((type) => type !== '0000' && type !== '0010')
      .sort()
      .join(',')
    expect(ja4Raw(read, 'tcp')).toContain(`_${sorted}_${vector.signatures.replace('1a1a,', '')}`)
  })
})

const minimal = (extensions: Parameters<typeof helloMessage>[0]['extensions'], legacyVersion = 0x0303) =>
  hello(recordsOf(helloMessage({ ciphers: [0x1301], extensions, legacyVersion })))

test.each([
  ['ab', 'ab'],
  ['abcd', 'ad'],
  ['30ab', '3b'],
  ['3031abcd', '3d'],
  ['30abcd31', '01'],
  ['68', 'hh'],
  ['', '00'],
])('the JA4 word of the protocol 0x%s is %s, as its document says', (protocol, word) => {
  expect(ja4(minimal([alpn(Uint8Array.from(Buffer.from(protocol, 'hex')))]), 'tcp').slice(8, 10)).toBe(word)
})

test.each([
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x7777, '00'],
])('without supported_versions the version is the one in the message: %i', (version, word) => {
  expect(ja4(minimal([], version), 'tcp')).toBe(`t${word}i010000_${ja4(minimal([], version), 'tcp').split('_')[1]}_000000000000`)
})

test('the name is folded to what DNS knows: lower case, no last dot', () => {
  expect(minimal([serverName('Host.Example.Test.')]).serverName).toBe('host.example.test')
})

test('a name with bytes no host has is shown and marked', () => {
  const read = minimal([serverName(Uint8Array.from([0x61, 0, 0x2e, 0x62, 0x20]))])
  expect(read).toMatchObject({ serverName: 'a\\x00.b\\x20', oddities: ['name-bytes'] })
})

test('a name sent twice is marked: the server may take the other one', () => {
  const read = minimal([serverName('first.example.test'), serverName('second.example.test')])
  expect(read).toMatchObject({ serverName: 'first.example.test', oddities: ['duplicate-extension'] })
})

test('an encrypted hello is told from its outside', () => {
  expect(minimal([[0xfe0d, Uint8Array.from([0, 0, 1, 0, 1, 42, 0, 0])]]).ech).toEqual({ form: 'outer', configId: 42 })
  expect(minimal([[0xfe0d, Uint8Array.from([1])]]).ech).toEqual({ form: 'inner', configId: 0 })
})

test.each([
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
  ['SSH', Buffer.from('SSH-2.0-OpenSSH')],
  ['a TLS alert', Buffer.from('15030100020228', 'hex')],
  ['application data', Buffer.from('1703030010', 'hex')],
  ['a single other byte', Buffer.from([0])],
])('%s is not a ClientHello, decided at once', (_, bytes) => {
  expect(readClientHello(bytes)).toEqual({ kind: 'not-hello', why: 'not-tls' })
})

test('a handshake that begins with another message is said to', () => {
  expect(readClientHello(Buffer.from('160303000402000000', 'hex'))).toEqual({ kind: 'not-hello', why: 'other-message' })
})

test('a hello that claims to be huge is refused before anything is kept', () => {
  expect(readClientHello(Buffer.from('1603010004' + '01ffffff', 'hex'))).toEqual({ kind: 'not-hello', why: 'too-large' })
})

test('one-byte records of a never-ending hello are bounded in memory and time', () => {
  const reader = createHelloReader()
  const endless = recordsOf(Uint8Array.from([1, 0, 0x7f, 0xff, ...new Uint8Array(HELLO_BYTES_MAX).fill(255)]), 1)
  const start = performance.now()
  let last = reader.push(new Uint8Array(0))
  for (let offset = 0; offset < endless.length; offset += 1) last = reader.push(endless.subarray(offset, offset + 1))
  expect(last).toEqual({ kind: 'not-hello', why: 'malformed' })
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(['hello', 'more', 'not-hello']).toContain(readHello(Uint8Array.from([1, 0, 1, 44, ...bytes])).kind)
      expect(['more', 'not-hello', 'hello']).toContain(readClientHello(bytes).kind)
    }),
    { numRuns: 500 },
  )
})
