/*
 * How: the worked examples of RFC 9001 and RFC 9369 (appendix A of each), then packets sealed here with keys of our own, cut and
 * shuffled as clients do. The sealing is written apart from the opening, from the RFC's description of the sender.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ja4 } from '../tls/index.ts'
import { alpn, helloMessage, hex, serverName, versions } from '../tls/testing.ts'
import { createQuicReader } from './index.ts'
import { clientInitialKeys, readLongHeader } from './packet.ts'
import { cryptoFrame, DESTINATION, initial, MESSAGE, seal } from './testing.ts'

const CRYPTO_FRAME = hex(`
  060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578
  616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fba
  baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c0002400100
  3900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff`)

/** RFC 9001 A.1/A.2 and RFC 9369 A.1/A.2: keys of the client, the packet's first bytes and its authentication tag. */
const EXAMPLES = [
  {
    version: 1,
    key: '1f369613dd76d5467730efcbe3b1a22d',
    iv: 'fa044b2f42a3fd3b46fb255c',
    headerKey: '9f50449e04a0e810283a1e9933adedd2',
    header: 'c300000001088394c8f03e5157080000449e00000002',
    starts: 'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11',
    ends: 'e221af44860018ab0856972e194cd934',
  },
  {
    version: 2,
    key: '8b1a0bc121284290a29e0971b5cd045d',
    iv: '91f73e2351d8fa91660e909f',
    headerKey: '45b95e15235d6f45a6b19cbcb0294ba9',
    header: 'd36b3343cf088394c8f03e5157080000449e00000002',
    starts: 'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485',
    ends: 'a18b2faa745b6fe189cf772a9f84cbfc',
  },
] as const

describe.each(EXAMPLES)("the RFC's example of version $version", (example) => {
  const keys = { key: hex(example.key), iv: hex(example.iv), headerKey: hex(example.headerKey) }
  const payload = new Uint8Array(1162)
  payload.set(CRYPTO_FRAME)
  // The tag authenticates every other byte, so equal ends mean that this is the packet of the RFC.
  const packet = seal(hex(example.header), 4, 2, payload, keys)

  test('is what the test sends', () => {
    expect(Buffer.from(packet).toString('hex').startsWith(example.starts)).toBe(true)
    expect(Buffer.from(packet).toString('hex').endsWith(example.ends)).toBe(true)
    expect(packet.length).toBe(1200)
  })

  test('has its keys derived from the connection id', () => {
    const derived = clientInitialKeys(example.version, hex(DESTINATION))
    expect([derived.key, derived.iv, derived.headerKey].map((part) => part.toString('hex'))).toEqual([
      example.key,
      example.iv,
      example.headerKey,
    ])
  })

  test('opens to its ClientHello', () => {
    const reading = createQuicReader().push(packet)
    expect(reading).toMatchObject({
      kind: 'hello',
      version: example.version,
      hello: { serverName: 'example.com', alpn: ['alpn'], version: 0x0304 },
    })
    if (reading.kind === 'hello') expect(ja4(reading.hello, 'quic')).toMatch(/^q13d0211an_[0-9a-f]{12}_[0-9a-f]{12}$/)
  })

  test('is not read once a byte was changed', () => {
    for (const index of [6, 30, 600, 1199]) {
      const changed = packet.slice()
      changed[index]! ^= 1
      expect(createQuicReader().push(changed).kind).not.toBe('hello')
    }
  })
})

const pieces = (size: number) =>
  Array.from({ length: Math.ceil(MESSAGE.length / size) }, (_, index) =>
    cryptoFrame(index * size, MESSAGE.subarray(index * size, (index + 1) * size)),
  )

test('the cipher part of its JA4 is the published one of Chrome, which offers the same three', () => {
  const message = helloMessage({
    ciphers: [0x1a1a, 0x1301, 0x1302, 0x1303],
    extensions: [serverName('a.example.test'), alpn('h3'), versions(0x0304)],
  })
  const reading = createQuicReader().push(initial([cryptoFrame(0, message)], 0))
  // FoxIO ja4 repository, chrome-cloudflare-quic-with-secrets: q13d0310h3_55b375c5d22e_cd85d2d88918
  expect(reading.kind === 'hello' ? ja4(reading.hello, 'quic') : '').toMatch(/^q13d0303h3_55b375c5d22e_/)
})

test('a hello spread over datagrams is read whatever their order', () => {
  const packets = pieces(700).map((frame, index) => initial([frame], index))
  expect(packets.length).toBe(3)
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    const reader = createQuicReader()
    const readings = order.map((index) => reader.push(packets[index]!))
    expect(readings.map(({ kind }) => kind)).toEqual(['more', 'more', 'hello'])
    expect(readings[2]).toMatchObject({ hello: { serverName: 'quic.example.test', alpn: ['h3'], oddities: [] } })
  }
})

test('pieces in shuffled frames of one packet, between pings and acknowledgements, are put together', () => {
  const ack = Uint8Array.from([2, 0x05, 0, 1, 0, 1, 0])
  const frames = pieces(97)
    .toReversed()
    .flatMap((frame) => [Uint8Array.from([1]), frame, ack])
  expect(createQuicReader().push(initial(frames, 3))).toMatchObject({ kind: 'hello', hello: { serverName: 'quic.example.test' } })
})

test('two packets in one datagram are both read', () => {
  const [first, second] = [cryptoFrame(0, MESSAGE.subarray(0, 900)), cryptoFrame(900, MESSAGE.subarray(900))]
  const datagram = Uint8Array.from([...initial([first], 0), ...initial([second], 1)])
  expect(createQuicReader().push(datagram).kind).toBe('hello')
})

test('after the server answered, the client names another id and keeps its keys', () => {
  const reader = createQuicReader()
  expect(reader.push(initial([pieces(900)[0]!], 0)).kind).toBe('more')
  expect(reader.push(initial([pieces(900)[1]!], 1, { destination: 'aabbccddeeff0011', keysFrom: DESTINATION })).kind).toBe('hello')
})

test('after a Retry the client starts again with other keys and a token', () => {
  const reader = createQuicReader()
  expect(reader.push(initial([pieces(900)[0]!], 0)).kind).toBe('more')
  const again = { destination: 'aabbccddeeff0011', token: '11223344' }
  expect(reader.push(initial([pieces(900)[0]!], 1, again)).kind).toBe('more')
  expect(reader.push(initial([pieces(900)[1]!], 2, again)).kind).toBe('hello')
})

test('the same offset with other bytes is marked: the server may read another name', () => {
  const other = MESSAGE.slice()
  other[60]! ^= 0xff
  const reader = createQuicReader()
  reader.push(initial([cryptoFrame(0, MESSAGE.subarray(0, 900)), cryptoFrame(0, other.subarray(0, 900))], 0))
  expect(reader.push(initial([cryptoFrame(900, MESSAGE.subarray(900))], 1))).toMatchObject({ hello: { oddities: ['overlap'] } })
})

test.each([
  ['DTLS', '16feff0000000000000000'],
  ['a DNS query', 'abcd01000001000000000000076578616d706c6504746573740000010001'],
  ['WireGuard', '0100000012345678'],
  ['nothing', ''],
  ['a short header, which cannot be told from noise', '4000112233445566778899'],
  ['a long header of a version nobody made', 'c012345678080011223344556677000000'],
])('%s is not QUIC', (_, bytes) => expect(createQuicReader().push(hex(bytes))).toEqual({ kind: 'not-quic' }))

test('an unknown version is said to be one, with its number', () => {
  expect(createQuicReader().push(hex('c0ff00001d08001122334455667700004100' + '00'.repeat(300)))).toEqual({
    kind: 'unknown-version',
    number: 0xff00001d,
  })
})

test('packets that nobody can open end as undecryptable, after a bounded number', () => {
  const reader = createQuicReader()
  const bad = initial([pieces(900)[0]!], 0, { keysFrom: '0011223344556677' })
  const kinds = Array.from({ length: 40 }, () => reader.push(bad))
  expect(kinds[0]).toEqual({ kind: 'more', version: 1 })
  expect(kinds.at(-1)).toEqual({ kind: 'no-hello', version: 1, why: 'undecryptable' })
})

test('a crypto stream that starts far out is refused, not allocated', () => {
  const far = Uint8Array.from([6, 0xbf, 0xff, 0xff, 0xff, 0x01, 0x00])
  expect(createQuicReader().push(initial([far], 0))).toEqual({ kind: 'no-hello', version: 1, why: 'too-large' })
})

test('random and mutated datagrams never throw', () => {
  const good = initial([pieces(900)[0]!], 0)
  const header = good.subarray(0, 5)
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(good.length - 1),
      fc.nat(255),
      fc.nat(good.length),
      (noise, index, value, length) => {
        createQuicReader().push(noise)
        createQuicReader().push(Uint8Array.from([...header, ...noise]))
        const changed = good.slice(0, length)
        if (index < length) changed[index] = value
        createQuicReader().push(changed)
        readLongHeader(changed)
      },
    ),
    { numRuns: 400 },
  )
})

test('random frames inside a sealed packet never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(['more', 'no-hello', 'hello']).toContain(createQuicReader().push(initial([noise], 0)).kind)
    }),
    { numRuns: 200 },
  )
})
