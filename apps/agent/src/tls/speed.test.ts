/*
 * What a call of each decoder costs, in CPU time of this process, so that a busy machine does not change the figures much. The figures are
 * printed; the bounds are about ten times what was measured and only catch a change of kind (quadratic time, a lost fast path).
 */
import { readFileSync } from 'node:fs'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import path from 'node:path'
import { expect, test } from 'vitest'
import { createDnsStatistics } from '../dns-statistics/index.ts'
import { downloadOf } from '../downloads/index.ts'
import { createHttp2Connection } from '../http2/index.ts'
import { portOf, tap } from '../http2/testing.ts'
import { createQuicReader } from '../quic/index.ts'
import { cryptoFrame, initial, MESSAGE } from '../quic/testing.ts'
import { ja4, readClientHello } from './index.ts'
import type { Fixture } from './record-fixtures.ts'

/** Microseconds; measured on two shared cores of a virtual machine with Node 24: the figures behind. */
const BOUNDS = {
  hello: 100, // 8.5
  ja4: 160, // 16
  notTls: 5, // 0.4
  quic: 4_000, // 360
  http2: 70, // 6.7
  download: 80, // 4 to 7
  dns: 20, // 1.5
} as const

/** CPU microseconds of one call, the best of five rounds after warming up. */
function cost(calls: number, call: (index: number) => void): number {
  for (let index = 0; index < calls; index += 1) call(index)
  let best = Infinity
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage()
    for (let index = 0; index < calls; index += 1) call(index)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / calls)
  }
  return best
}

function report(what: string, microseconds: number, bound: number): void {
  console.log(`${what}: ${microseconds.toFixed(2)} µs`)
  expect(microseconds).toBeLessThan(bound)
}

// Safe: written by our own script.
const fixtures = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/client-hellos.json'), 'utf8')) as readonly Fixture[]
const hellos = fixtures.map(({ bytes }) => Uint8Array.from(Buffer.from(bytes, 'hex')))

test('a ClientHello is read and named in microseconds', () => {
  report(
    'ClientHello',
    cost(2_000, (index) => readClientHello(hellos[index % hellos.length]!)),
    BOUNDS.hello,
  )
  const read = hellos.map((bytes) => readClientHello(bytes)).filter((reading) => reading.kind === 'hello')
  report(
    'JA4',
    cost(2_000, (index) => ja4(read[index % read.length]!.hello, 'tcp')),
    BOUNDS.ja4,
  )
  const other = Buffer.from('GET / HTTP/1.1\r\n')
  report(
    'what is not TLS',
    cost(20_000, () => readClientHello(other)),
    BOUNDS.notTls,
  )
})

test('a QUIC hello of two datagrams is opened and read', () => {
  const packets = [initial([cryptoFrame(0, MESSAGE.subarray(0, 900))], 0), initial([cryptoFrame(900, MESSAGE.subarray(900))], 1)]
  const both = () => {
    const reader = createQuicReader()
    for (const packet of packets) reader.push(packet)
  }
  report('QUIC hello, both datagrams', cost(500, both), BOUNDS.quic)
})

test('an HTTP/2 request costs little once the connection stands', async () => {
  const server = createHttp2Server((_, response) => response.end('ok'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const proxy = await tap(portOf(server))
  const session = connectHttp2(`http://127.0.0.1:${proxy.port}`)
  const requests = 200
  for (let index = 0; index < requests; index += 1) {
    await new Promise<void>((done) => {
      const request = session.request({
        ':path': `/package/${index}/-/name-${index}.tgz?x=1`,
        authorization: 'Bearer canary',
        'user-agent': 'npm/11 node/24',
      })
      request.on('close', done).resume().end()
    })
  }
  session.destroy()
  const { sent } = await proxy.taken
  proxy.server.close()
  server.close()
  let seen = 0
  const whole = cost(10, () => {
    seen = createHttp2Connection({ hashCredential: () => 'hash' }).client(sent).length
  })
  expect(seen).toBe(requests)
  report('HTTP/2 request', whole / requests, BOUNDS.http2)
})

test('a request line that fetches nothing, or a package, is judged quickly', () => {
  const request = { time: 1, step: 1, process: 1, scheme: 'https', method: 'GET', host: 'mirror.example.test' } as const
  report(
    'no download',
    cost(5_000, () => downloadOf({ ...request, path: '/api/v3/repos/o/r/contents/file' })),
    BOUNDS.download,
  )
  report(
    'download',
    cost(5_000, () => downloadOf({ ...request, path: '/repo/org/apache/commons/commons-lang3/3.12.0/commons-lang3-3.12.0.jar' })),
    BOUNDS.download,
  )
})

test('a DNS question is counted quickly', () => {
  const statistics = createDnsStatistics()
  const ask = (index: number) => statistics.observe({ tree: 1, name: `n${index % 1_500}.deep.example.co.uk`, type: 'A', time: index })
  report('DNS question', cost(3_000, ask), BOUNDS.dns)
})
