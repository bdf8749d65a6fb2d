import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { copyFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { createHelloTable } from '../attribute/hello.ts'
import { createPlaintextTable } from '../attribute/plaintext.ts'
import { cryptoFrame, initial, MESSAGE } from '../quic/testing.ts'
import { alpn, helloMessage, plain, recordsOf, serverName, signatures, versions } from '../tls/testing.ts'
import type { Sensor } from './sensor.ts'
import { type Bench, type Capture, createBench } from './testing/harness.ts'

const helloOf = (padding: number) =>
  helloMessage({
    ciphers: [0x1301, 0x1302],
    extensions: [
      serverName('registry.example.test'),
      alpn('h2'),
      versions(0x0304),
      signatures(0x0403),
      plain(0x39),
      [0x15, new Uint8Array(padding)],
    ],
  })
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** What the attribution layer makes of the hellos of a capture. */
const readHellos = (captured: Capture) => {
  const table = createHelloTable()
  return captured.of('hello').flatMap((record) => table.take(record) ?? [])
}
const readRequests = (captured: Capture) => {
  const table = createPlaintextTable(() => 'hashed')
  return captured.of('plain').flatMap((record) => table.take(record, record.time / 1_000))
}

/** The thread that looks into files takes its time on a busy machine. */
const probed = async (sensor: Sensor) => {
  for (let tries = 0; sensor.probeCounts().probed === 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 50))
}

/** A frame of HTTP/2. */
const frame = (type: number, flags: number, stream: number, payload: Uint8Array) => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
const literal = (name: string, value: string) => Buffer.from([0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)])
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const SETTINGS = frame(4, 0, 0, new Uint8Array(0))
const headers = (stream: number, target: string, padding = '') =>
  frame(
    1,
    4,
    stream,
    Buffer.concat([
      literal(':method', 'GET'),
      literal(':path', target),
      literal(':authority', 'api.example.test'),
      literal('x-padding', padding),
    ]),
  )

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'TLS', () => {
  let bench: Bench
  let network: string
  let program: string
  const open: (Server | Socket)[] = []

  beforeAll(() => {
    bench = createBench()
    network = bench.program('acts-network')
    program = bench.program('acts-tls')
  })
  afterAll(() => {
    for (const one of open) one.close()
    bench.remove()
  })

  async function server(): Promise<string> {
    const listening = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', () => undefined)
      socket.on('end', () => socket.end('bye'))
      socket.on('error', () => undefined)
    }).listen(0, '127.0.0.1')
    open.push(listening)
    await once(listening, 'listening')
    return String((listening.address() as { port: number }).port)
  }

  test.each([
    ['in one record', recordsOf(helloOf(10))],
    ['of three kilobytes', recordsOf(helloOf(3_000))],
    ['cut into records of 40 bytes', recordsOf(helloOf(10), 40)],
  ])('a ClientHello %s that leaves byte by byte gives the name it asks for', async (_, bytes) => {
    const port = await server()
    const captured = await bench.capture(async () => {
      await bench.run([network, 'ask', '127.0.0.1', port, hexOf(bytes), 'tcp'])
    })
    expect(readHellos(captured)).toEqual([
      { sni: 'registry.example.test', ja4: expect.stringMatching(/^t13d0206h2_/) as string, alpn: ['h2'], odd: false },
    ])
    expect(captured.of('hello')[0]).toMatchObject({ transport: 'tcp', remote: { ip: '127.0.0.1', port: Number(port) } })
    expect(captured.of('hello').every(({ pid }) => pid > 0)).toBe(true)
    expect(captured.account('hello').lost).toBe(0)
  })

  test('of what follows the hello, and of a stream that is no TLS, no byte is taken', async () => {
    const port = await server()
    const captured = await bench.capture(async () => {
      await bench.run([network, 'tcp', '127.0.0.1', port, '\u0015 begins with 0x15', 'more'])
      await bench.run([network, 'ask', '127.0.0.1', port, hexOf(recordsOf(helloOf(10))) + '170303'.repeat(30), 'whole'])
    })
    const taken = captured.of('hello').reduce((sum, { data }) => sum + data.length, 0)
    expect(taken).toBe(recordsOf(helloOf(10)).length)
  })

  test('a QUIC Initial in a datagram gives the name it asks for', async () => {
    const sink = createSocket('udp4')
    open.push(sink)
    sink.on('message', (_message, from) => sink.send('ok', from.port, from.address))
    sink.bind(0, '127.0.0.1')
    await once(sink, 'listening')
    const captured = await bench.capture(async () => {
      await bench.run([network, 'ask', '127.0.0.1', String(sink.address().port), hexOf(initial([cryptoFrame(0, MESSAGE)], 0))])
      await bench.run([network, 'ask', '127.0.0.1', String(sink.address().port), '40'.repeat(1_300)])
    })
    expect(readHellos(captured)).toMatchObject([{ sni: 'quic.example.test', ja4: expect.stringMatching(/^q13/) as string, alpn: ['h3'] }])
    expect(captured.of('hello').length).toBe(1)
  })

  test('requests of HTTP/1 are read where a program hands them to its library, bodies are left where they are', async () => {
    const captured = await bench.capture(
      async (sensor) => {
        await probed(sensor)
        await bench.run([
          program,
          'write',
          '4096',
          'POST /upload?token=secret HTTP/1.1\r\nHost: api.example.test\r\nAuthorization: Bearer abc\r\n\r\n',
          'a body of which nothing may leave',
          '+4096',
          `GET /cut HTTP/1.1\r\nHost: other.example.test\r\nCookie: ${'c'.repeat(9_000)}`,
        ])
      },
      { tlsProbes: { below: bench.directory, programs: [program] } },
    )
    expect(captured.of('plain').map(({ data, total }) => [data.length, total])).toEqual([
      [89, 89],
      [2048, 9_053],
    ])
    expect(readRequests(captured)).toEqual([
      { version: '1.1', method: 'POST', host: 'api.example.test', path: '/upload', credential: 'hashed', complete: true, number: 1 },
      { version: '1.1', method: 'GET', host: 'other.example.test', path: '/cut', complete: false, number: 1 },
    ])
  })

  test('of HTTP/2 only header frames are taken, through frames that span writes and records', async () => {
    const body = frame(0, 0, 1, Buffer.alloc(30_000, 'b'))
    const long = headers(5, '/long', 'x'.repeat(120)).subarray(0)
    const writes = [
      Buffer.concat([PREFACE, SETTINGS, headers(1, '/first'), body.subarray(0, 10_000)]),
      body.subarray(10_000, 25_000),
      Buffer.concat([body.subarray(25_000), headers(3, '/second'), long.subarray(0, 50)]),
      long.subarray(50),
    ]
    const captured = await bench.capture(
      async (sensor) => {
        await probed(sensor)
        await bench.run([program, 'write', '4096', ...writes.map((bytes) => `hex:${hexOf(bytes)}`)])
      },
      { tlsProbes: { below: bench.directory, programs: [program] } },
    )
    expect(readRequests(captured).map(({ path: target, host, complete }) => [target, host, complete])).toEqual([
      ['/first', 'api.example.test', true],
      ['/second', 'api.example.test', true],
      ['/long', 'api.example.test', true],
    ])
    const taken = captured.of('plain').reduce((sum, { data }) => sum + data.length, 0)
    expect(taken).toBe(PREFACE.length + headers(1, '/first').length + headers(3, '/second').length + long.length)
  })

  test('a connection object that is used again is a new connection', async () => {
    const first = Buffer.concat([PREFACE, SETTINGS, headers(1, '/one')])
    const again = Buffer.concat([PREFACE, SETTINGS, headers(1, '/two')])
    const captured = await bench.capture(
      async (sensor) => {
        await probed(sensor)
        await bench.run([program, 'write', '4096', `hex:${hexOf(first)}`, `hex:${hexOf(again)}`, 'GET /three HTTP/1.1\r\nHost: h\r\n\r\n'])
      },
      { tlsProbes: { below: bench.directory, programs: [program] } },
    )
    expect(readRequests(captured).map(({ path: target }) => target)).toEqual(['/one', '/two', '/three'])
  })

  test('after a gap a connection says nothing rather than something false', async () => {
    const captured = await bench.capture(
      async (sensor) => {
        await probed(sensor)
        const writes = [Buffer.concat([PREFACE, SETTINGS, Buffer.from([0, 0, 9, 1, 4])]), headers(3, '/after')]
        await bench.run([program, 'write', '4096', ...writes.map((bytes) => `hex:${hexOf(bytes)}`)])
      },
      { tlsProbes: { below: bench.directory, programs: [program] } },
    )
    expect(captured.of('plain').at(-1)?.data.length).toBe(0)
    expect(readRequests(captured)).toEqual([])
  })

  test('a library is told when it is opened, and writing one is an ordinary write', async () => {
    const library = path.join(bench.directory, 'libssl.so.3')
    writeFileSync(library, 'no library')
    const captured = await bench.capture(
      async () => {
        await bench.run([program, 'open', library])
        await bench.run(['/bin/sh', '-c', `echo > ${library}`])
      },
      { tlsProbes: { below: bench.directory } },
    )
    expect(captured.of('library').map((record) => record.path)).toEqual([library])
    expect(captured.of('open').map(({ path: file, write, secret }) => [file, write, secret])).toEqual([[library, true, undefined]])
  })

  test('a program is probed from its first run on, and no file outside the folder ever is', async () => {
    const large = path.join(bench.directory, 'large')
    copyFileSync(program, large)
    const request = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
    const captured = await bench.capture(
      async (sensor) => {
        // Only programs as large as those that hold a TLS library are looked into.
        writeFileSync(large, Buffer.alloc(1 << 20), { flag: 'a' })
        await bench.run([large, 'write', '4096', request])
        await probed(sensor)
        await bench.run([large, 'write', '4096', request])
        expect(sensor.probeCounts()).toEqual({ probed: 1, failed: 0, skipped: 0 })
      },
      { tlsProbes: { below: bench.directory, programs: [process.execPath] } },
    )
    expect(captured.of('plain').length).toBeGreaterThanOrEqual(1)
  })
})
