import { JournalRecord, type EventOf } from '@gatehouse/schema'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import type { KernelRecord } from '../sensor/record.ts'
import { alpn, helloMessage, recordsOf, serverName, signatures, versions } from '../tls/testing.ts'
import type { AttributorOptions } from './attributor.ts'
import { execOf, forkOf, journalOf, recordOf } from './testing.ts'

const local = { ip: '192.0.2.10', port: 40_000 }
const remote = { ip: '203.0.113.9', port: 443 }
const connection = (op: 'connect' | 'established' | 'close', more: object = {}) =>
  // The port of an attempt is chosen after it began, so its record has none.
  recordOf('tcp', 101, {
    op,
    socket: 's1',
    local: { ...local, port: op === 'connect' ? 0 : 40_000 },
    remote,
    error: 0,
    sent: 1,
    received: 2,
    ...more,
  })
const hello = (name: string, more: object = {}) =>
  recordOf('hello', 101, {
    transport: 'tcp',
    socket: 'cookie',
    local,
    remote,
    offset: 0,
    total: 1,
    data: recordsOf(helloMessage({ ciphers: [0x1301], extensions: [serverName(name), alpn('h2'), versions(0x0304), signatures(0x0403)] })),
    ...more,
  })
const request = (text: string, more: object = {}) => {
  const data = Buffer.from(text)
  return recordOf('plain', 101, { connection: '7', restarted: false, total: data.length, data, ...more })
}
const dnsName = (text: string) =>
  Buffer.concat([...text.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)), Buffer.alloc(1)])
const head = (flags: number, answers: number) => Buffer.from([0, 7, flags, 0, 0, 1, 0, answers, 0, 0, 0, 0])
/** The job asked for a name and was given the remote address. */
function lookup(name: string): KernelRecord[] {
  const question = Buffer.concat([dnsName(name), Buffer.from([0, 1, 0, 1])])
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...remote.ip.split('.').map(Number)])
  return [false, true].map((ingress) => {
    const data = ingress ? Buffer.concat([head(0x81, 1), question, answer]) : Buffer.concat([head(1, 0), question])
    const fields = {
      transport: 'udp',
      ingress,
      socket: 'd1',
      local,
      remote: { ip: '192.0.2.53', port: 53 },
      sequence: 0,
      offset: 0,
    } as const
    return recordOf('dns', 101, { ...fields, total: data.length, data })
  })
}

async function eventsOf(records: readonly KernelRecord[], options: Partial<AttributorOptions> = {}) {
  const lines = await journalOf([execOf(101, ['curl']), ...records], options)
  for (const line of lines) expect(Check(JournalRecord, line), JSON.stringify(line)).toBe(true)
  const events = lines.flatMap((line) => (line.record === 'event' ? [line.event] : []))
  return {
    tls: events.filter((event): event is EventOf<'network'> => event.kind === 'network' && event.op === 'tls'),
    close: events.find((event): event is EventOf<'network'> => event.kind === 'network' && event.op === 'close'),
    http: events.filter((event): event is EventOf<'http'> => event.kind === 'http'),
  }
}
const connected = [connection('connect'), connection('established')]

test('a name that only TLS gave becomes the name of the flow, and stays so to its end', async () => {
  const { tls, close } = await eventsOf([...connected, hello('cdn.example.test'), connection('close')])
  expect(tls).toMatchObject([
    { flow: 1, protocol: 'tcp', domain: 'cdn.example.test', domainSource: 'sni', sni: 'cdn.example.test', alpn: ['h2'], localPort: 40_000 },
  ])
  expect(tls[0]?.ja4).toMatch(/^t13d0104h2_/)
  expect(close).toMatchObject({ flow: 1, domain: 'cdn.example.test', sni: 'cdn.example.test' })
})

test('a name that no answer gave for the address is marked, and the answer stays the name of the flow', async () => {
  const { tls } = await eventsOf([...lookup('front.example.test'), ...connected, hello('hidden.example.test')])
  expect(tls).toMatchObject([{ domain: 'front.example.test', domainSource: 'dns', sni: 'hidden.example.test', flags: ['sni-mismatch'] }])
})

test('several names of one address are each right', async () => {
  const lookups = [...lookup('one.example.test'), ...lookup('two.example.test')]
  const { tls } = await eventsOf([...lookups, ...connected, hello('one.example.test')])
  expect(tls).toMatchObject([{ domain: 'one.example.test', domainSource: 'dns' }])
  expect(tls[0]?.flags).toBeUndefined()
})

test('TLS on a flow that nobody saw begin says so', async () => {
  const { tls } = await eventsOf([hello('cdn.example.test')])
  expect(tls).toMatchObject([{ flow: 1, ip: remote.ip, flags: ['existed'] }])
})

test('a request is joined to the flow of its process that asked for its host, without its query', async () => {
  const text = 'GET /a/b?secret=1 HTTP/1.1\r\nHost: cdn.example.test\r\nAuthorization: Bearer very-secret\r\n\r\n'
  const record = request(text)
  const { http } = await eventsOf([...connected, hello('cdn.example.test'), record])
  expect(http).toMatchObject([
    { scheme: 'https', method: 'GET', host: 'cdn.example.test', path: '/a/b', version: '1.1', flow: 1, ip: remote.ip, port: 443 },
  ])
  expect(http[0]?.credential).toMatch(/^[0-9a-f]{32}$/)
  expect(record.data.every((byte) => byte === 0)).toBe(true)
})

test('a head that is cut is told as far as it is whole, marked, and half a credential is not hashed', async () => {
  const { http } = await eventsOf([
    request('GET /x HTTP/1.1\r\nHost: cdn.example.test\r\nAuthorization: Bearer half', { total: 9_000 }),
    request(`GET /${'y'.repeat(3_000)}?query`, { connection: '8', total: 9_000 }),
  ])
  expect(http.map(({ host, path, flags, credential }) => [host, path.slice(0, 3), path.includes('query'), flags, credential])).toEqual([
    ['cdn.example.test', '/x', false, ['partial'], undefined],
    ['', '/yy', false, ['partial'], undefined],
  ])
})

const marks = async (records: readonly KernelRecord[], probedSince: AttributorOptions['probedSince']) =>
  (await eventsOf(records, probedSince ? { probedSince } : {})).tls.map(({ flags }) => flags?.includes('tls-unread') ?? false)

test('TLS of a program that nothing reads is marked; a child that only forked is as its parent', async () => {
  const begun = { time: 2_000 }
  const library = recordOf('library', 101, { path: '/lib/libssl.so.3', device: 1, inode: '99' })
  const own = [library, ...connected, hello('cdn.example.test', begun)]
  expect(await marks(own, () => undefined)).toEqual([true])
  expect(await marks(own, (_, inode) => (inode === '99' ? 1_000 : undefined))).toEqual([false])
  expect(await marks(own, (_, inode) => (inode === '99' ? 3_000 : undefined))).toEqual([true])
  expect(await marks(own, undefined)).toEqual([false])
  const child = [library, forkOf(101, 102), hello('cdn.example.test', { pid: 102, start: 510, ...begun })]
  expect(await marks(child, (_, inode) => (inode === '99' ? 1_000 : undefined))).toEqual([false])
})
