import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/requirements.ts'
import { type Bench, createBench } from './testing/harness.ts'

/** A loopback address of this process's own, so that port 53 is free on it. */
const RESOLVER = `127.${60 + (process.pid % 60)}.${(process.pid >> 8) & 255}.${(process.pid & 255) | 1}`
/** The question "example.test A", as a DNS message. */
const QUESTION =
  '12340100000100000000000007' + Buffer.from('example').toString('hex') + '04' + Buffer.from('test').toString('hex') + '0000010001'

describeWith(['root', 'ebpf', 'cgroup2', 'cc'], 'network', () => {
  let bench: Bench
  let program: string
  const open: (Server | Socket)[] = []

  beforeAll(() => {
    bench = createBench()
    program = bench.program('acts-network')
  })
  afterAll(() => {
    for (const one of open) one.close()
    bench.remove()
  })

  /** A server that answers what it got with its length and closes. */
  async function tcpServer(host: string, port = 0): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let received = 0
      socket.on('data', (data) => (received += data.length))
      socket.on('end', () => socket.end(`got ${received}`))
      socket.on('error', () => undefined)
    }).listen(port, host)
    open.push(server)
    await once(server, 'listening')
    return (server.address() as { port: number }).port
  }

  test.each([['127.0.0.1'], ['::1']])('a TCP connection to %s is told with its end: who, where, outcome, bytes', async (ip) => {
    const port = await tcpServer(ip)
    const captured = await bench.capture(async () => {
      await bench.run([program, 'tcp', ip, String(port), 'hello', 'again'])
    })
    const mine = captured.of('tcp').filter(({ remote }) => remote.port === port)
    expect(mine.map(({ op }) => op)).toEqual(['connect', 'established', 'close'])
    expect(new Set(mine.map(({ socket }) => socket)).size).toBe(1)
    expect(mine.every(({ remote, pid }) => remote.ip === ip && pid === mine[0]?.pid)).toBe(true)
    expect(mine[1]?.local).toEqual({ ip, port: expect.any(Number) as number })
    expect(mine[2]).toMatchObject({ sent: 10, received: 6, error: 0 })
  })

  test('a connection over IPv6 to an IPv4-mapped address is told as IPv4', async () => {
    const port = await tcpServer('127.0.0.1')
    const captured = await bench.capture(async () => {
      await bench.run([program, 'tcp', '::ffff:127.0.0.1', String(port)])
    })
    expect(captured.of('tcp')[0]?.remote).toEqual({ ip: '127.0.0.1', port })
  })

  test('a refused connection is told with its errno', async () => {
    const port = await tcpServer('127.0.0.1')
    const closing = open.pop()
    closing?.close()
    const captured = await bench.capture(async () => {
      await bench.run([program, 'tcp', '127.0.0.1', String(port)], { code: 1 })
    })
    const mine = captured.of('tcp').filter(({ remote }) => remote.port === port)
    expect(mine.map(({ op, error }) => [op, error])).toEqual([
      ['connect', 0],
      ['failed', 111],
    ])
  })

  test('attempts that fail before a packet exists are told too', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'unroutable'])
    })
    const failed = captured.records.flatMap((record) =>
      (record.type === 'tcp' || record.type === 'flow') && record.op === 'failed'
        ? [[record.type, record.remote.ip, record.remote.port, record.error]]
        : [],
    )
    expect(failed).toEqual([
      ['tcp', '203.0.113.7', 4000, 101],
      ['flow', '203.0.113.7', 4000, 101],
      ['tcp', '2001:db8::7', 4001, expect.any(Number)],
      ['flow', '2001:db8::7', 4001, expect.any(Number)],
    ])
  })

  test('a listener is told', async () => {
    let port = 0
    const captured = await bench.capture(async () => {
      port = Number(await bench.run([program, 'listen']))
    })
    expect(captured.of('tcp').map(({ op, local }) => [op, local])).toEqual([['listen', { ip: '127.0.0.1', port }]])
  })

  test.each([
    ['127.0.0.1', 'udp4' as const],
    ['::1', 'udp6' as const],
  ])('a hundred datagrams to %s are one flow: its first, and its totals when the socket closes', async (ip, kind) => {
    const sink = createSocket(kind)
    open.push(sink)
    sink.bind(0, ip)
    await once(sink, 'listening')
    const { port } = sink.address()
    const captured = await bench.capture(async () => {
      await bench.run([program, 'udp', ip, String(port), '100'])
    })
    const flows = captured.of('flow').filter(({ remote }) => remote.port === port)
    expect(flows.map(({ op, sent, packetsSent }) => [op, sent, packetsSent])).toEqual([
      ['first', 10, 1],
      ['end', 1000, 100],
    ])
    expect(flows.every(({ remote, pid, protocol }) => remote.ip === ip && pid > 0 && protocol === 'udp')).toBe(true)
    expect(captured.account('flow')).toMatchObject({ made: 101, delivered: 2, aggregated: 99, lost: 0 })
  })

  test('every peer of one socket is told once, also beyond the table of a socket', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'fan', '127.0.0.1', '20000', '20'])
    })
    const first = captured.of('flow').filter(({ op, remote }) => op === 'first' && remote.ip === '127.0.0.1')
    expect(first.map(({ remote }) => remote.port)).toEqual(Array.from({ length: 20 }, (_, index) => 20_000 + index))
    const ends = captured.of('flow').filter(({ op }) => op === 'end')
    expect(ends.length).toBe(9)
    expect(ends.reduce((sum, { packetsSent }) => sum + packetsSent, 0)).toBe(20)
    expect(ends.at(-1)).toMatchObject({ packetsSent: 12, remote: { ip: '::', port: 0 } })
  })

  test('a DNS question and its answer over UDP come with all their bytes and their process', async () => {
    const resolver = createSocket('udp4')
    open.push(resolver)
    resolver.on('message', (message, from) => resolver.send(Buffer.concat([message, Buffer.alloc(2000, 7)]), from.port, from.address))
    resolver.bind(53, RESOLVER)
    await once(resolver, 'listening')
    const captured = await bench.capture(async () => {
      await bench.run([program, 'ask', RESOLVER, '53', QUESTION])
    })
    const [question, ...answer] = captured.of('dns')
    expect(question).toMatchObject({ transport: 'udp', ingress: false, remote: { ip: RESOLVER, port: 53 }, offset: 0 })
    expect(Buffer.from(question?.data ?? []).toString('hex')).toBe(QUESTION)
    expect(answer.map(({ ingress, offset, data }) => [ingress, offset, data.length])).toEqual([
      [true, 0, 1280],
      [true, 1280, QUESTION.length / 2 + 2000 - 1280],
    ])
    expect(captured.of('dns').every(({ pid, socket }) => pid === question?.pid && pid > 0 && socket === question.socket)).toBe(true)
  })

  test('a DNS question over TCP in segments of one byte can be put together again', async () => {
    await tcpServer(RESOLVER, 53)
    const framed = `${(QUESTION.length / 2).toString(16).padStart(4, '0')}${QUESTION}`
    const captured = await bench.capture(async () => {
      await bench.run([program, 'ask', RESOLVER, '53', framed, 'tcp'])
    })
    const sent = captured.of('dns').filter(({ ingress, transport }) => !ingress && transport === 'tcp')
    const first = Math.min(...sent.map(({ sequence }) => sequence))
    const stream = Buffer.alloc(framed.length / 2)
    for (const { sequence, offset, data } of sent) stream.set(data, sequence - first + offset)
    expect(stream.toString('hex')).toBe(framed)
  })

  test('the head of a cleartext HTTP request is told, other streams are not', async () => {
    const port = await tcpServer('127.0.0.1')
    const head = `POST /upload?token=1 HTTP/1.1\r\nHost: exfil.example.test\r\nContent-Length: 5000\r\n\r\n`
    const captured = await bench.capture(async () => {
      await bench.run([program, 'tcp', '127.0.0.1', String(port), head + 'x'.repeat(5000), 'GET is only a word here'])
      await bench.run([program, 'tcp', '127.0.0.1', String(port), 'GETTING something that is no request'])
    })
    const requests = captured.of('http').map(({ head: bytes }) => Buffer.from(bytes).toString())
    expect(requests[0]).toBe((head + 'x'.repeat(5000)).slice(0, 2048))
    expect(captured.of('http')[0]).toMatchObject({ total: head.length + 5000, remote: { ip: '127.0.0.1', port } })
    // The second segment begins like one; telling requests from words is the parser's business.
    expect(requests.slice(1)).toEqual(['GET is only a word here'])
  })

  test('packets beside TCP and UDP, and sockets beside IP, are told', async () => {
    const captured = await bench.capture(async () => {
      await bench.run([program, 'icmp', '127.0.0.1'])
      await bench.run([program, 'packet'])
    })
    expect(captured.of('flow').some(({ op, protocol, remote }) => op === 'first' && protocol === 'icmp' && remote.ip === '127.0.0.1')).toBe(
      true,
    )
    expect(captured.of('system').map(({ call, args }) => [call, args[0], args[1] & 15])).toEqual([
      ['socket', 2, 3],
      ['socket', 17, 3],
    ])
  })
})
