import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ipv6Text, readDnsMessage } from './message.ts'
import { createNameTable } from './names.ts'
import { createDnsStream } from './stream.ts'

/** A name as labels of bytes; a number is a compression pointer. */
function name(...labels: (string | number)[]): Buffer {
  const parts = labels.map((label) =>
    typeof label === 'number'
      ? Buffer.from([0xc0 | (label >> 8), label & 0xff])
      : Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
  )
  return Buffer.concat(typeof labels.at(-1) === 'number' ? parts : [...parts, Buffer.from([0])])
}
function message(options: { flags?: number; questions?: Buffer[]; answers?: Buffer[]; counts?: [number, number] }): Buffer {
  const { flags = 0, questions = [], answers = [], counts = [questions.length, answers.length] } = options
  const header = Buffer.alloc(12)
  header.writeUInt16BE(0x1234, 0)
  header.writeUInt16BE(flags, 2)
  header.writeUInt16BE(counts[0], 4)
  header.writeUInt16BE(counts[1], 6)
  return Buffer.concat([header, ...questions, ...answers])
}
const question = (owner: Buffer, type = 1) => Buffer.concat([owner, Buffer.from([0, type, 0, 1])])
function record(owner: Buffer, type: number, data: Buffer, ttl = 60): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt32BE(ttl, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([owner, fixed, data])
}

const framed = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])

const addressRecord = (owner: string, data: string) => ({ name: owner, type: 'A', data, ttl: 60 })

const addressText = (...groups: number[]) => ipv6Text(Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])))

describe('a DNS message', () => {
  test('with a CNAME chain and compression is read in full', () => {
    const answer = message({
      flags: 0x8180,
      questions: [question(name('WWW', 'Example', 'test'))],
      answers: [record(name(12), 5, name('cdn', 16)), record(name('cdn', 16), 1, Buffer.from([192, 0, 2, 7]))],
    })
    expect(readDnsMessage(answer)).toEqual({
      id: 0x1234,
      response: true,
      code: 'NOERROR',
      cut: false,
      questions: [{ name: 'www.example.test', type: 'A' }],
      answers: [
        { name: 'www.example.test', type: 'CNAME', data: 'cdn.example.test', ttl: 60 },
        { name: 'cdn.example.test', type: 'A', data: '192.0.2.7', ttl: 60 },
      ],
    })
  })

  test('with several questions gives all of them', () => {
    const query = message({ questions: [question(name('a', 'test')), question(name('evil', 'test'), 28)] })
    expect(readDnsMessage(query)?.questions).toEqual([
      { name: 'a.test', type: 'A' },
      { name: 'evil.test', type: 'AAAA' },
    ])
  })

  test('whose name points at itself, forwards, or round in a circle is none', () => {
    expect(readDnsMessage(message({ questions: [question(name(12))] }))).toBeUndefined()
    expect(readDnsMessage(message({ questions: [question(name(14)), question(name('a'))], counts: [1, 0] }))).toBeUndefined()
    expect(readDnsMessage(message({ questions: [question(name('a', 12))] }))).toBeUndefined()
  })

  test('with a dot, a control or a high byte inside a label shows it, instead of taking it for a separator', () => {
    expect(readDnsMessage(message({ questions: [question(name('a.b', 'c\x00\xff', 'test'))] }))?.questions[0]?.name).toBe(
      'a\\.b.c\\000\\255.test',
    )
  })

  test('that announces more than it holds gives what is there and says that it was cut', () => {
    const cut = message({
      flags: 0x8180,
      questions: [question(name('a', 'test'))],
      answers: [record(name(12), 1, Buffer.from([192, 0, 2, 7]))],
      counts: [1, 9],
    })
    expect(readDnsMessage(cut)).toMatchObject({ cut: true, answers: [{ data: '192.0.2.7' }] })
  })

  test('of any bytes never makes the reader throw or run long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_400 }), (bytes) => {
        // A plausible header, so that the body is reached.
        if (bytes.length > 12) bytes.set([bytes[2]! & 0x87, bytes[3]!, 0, bytes[5]! & 3, 0, bytes[7]!], 2)
        const read = readDnsMessage(bytes)
        if (!read) return
        expect(read.questions.length).toBeLessThanOrEqual(16)
        expect(read.answers.length).toBeLessThanOrEqual(64)
        for (const { name: owner, data } of read.answers) expect(owner.length + data.length).toBeLessThanOrEqual(255 * 4 + 1_024)
      }),
      { numRuns: 2_000 },
    )
  })

  test('full of pointers to the longest name there can be is read in no time', () => {
    const long = name(...Array.from({ length: 127 }, () => 'a'))
    const answers = Array.from({ length: 4_000 }, () => record(name(12), 5, name(12)))
    const start = performance.now()
    expect(readDnsMessage(message({ flags: 0x8180, questions: [question(long)], answers }))?.answers).toHaveLength(64)
    expect(performance.now() - start).toBeLessThan(100)
  })
})

describe('DNS over TCP', () => {
  const messages = [message({ questions: [question(name('one', 'test'))] }), message({ questions: [question(name('two', 'test'))] })]

  test('comes out the same however it is cut into segments', () => {
    const bytes = Buffer.concat(messages.map(framed))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const stream = createDnsStream()
        const found: Uint8Array[] = []
        let from = 0
        for (const to of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
          found.push(...stream.push(bytes.subarray(from, to)))
          from = to
        }
        expect(found.map((each) => Buffer.from(each).toString('hex'))).toEqual(messages.map((each) => each.toString('hex')))
      }),
    )
  })

  test('gives nothing more once bytes are missing', () => {
    const stream = createDnsStream()
    stream.breakOff()
    expect(stream.push(framed(messages[0]!))).toEqual([])
  })
})

describe('names of addresses', () => {
  test('lead back through the chain to the name that was asked for', () => {
    const names = createNameTable()
    // Out of order on purpose: the chain is what counts.
    names.learn('www.test', [
      addressRecord('edge.test', '192.0.2.1'),
      { name: 'cdn.test', type: 'CNAME', data: 'edge.test', ttl: 1 },
      { name: 'www.test', type: 'CNAME', data: 'cdn.test', ttl: 1 },
    ])
    expect(names.find('192.0.2.1')).toEqual({ name: 'www.test', source: 'dns' })
  })
  test('are not learned from records that do not answer the question', () => {
    const names = createNameTable()
    names.learn('good.test', [addressRecord('evil.test', '203.0.113.9')])
    expect(names.find('203.0.113.9')).toBeUndefined()
  })
})

test('IPv6 addresses are written in their one canonical way', () => {
  expect(addressText(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1)).toBe('2001:db8::1:0:0:1')
  expect(addressText(0, 0, 0, 0, 0, 0, 0, 1)).toBe('::1')
  expect(addressText(0, 0, 0, 0, 0, 0, 0, 0)).toBe('::')
  expect(addressText(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1)).toBe('2001:db8:0:1:1:1:1:1')
  expect(addressText(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0207)).toBe('192.0.2.7')
})
