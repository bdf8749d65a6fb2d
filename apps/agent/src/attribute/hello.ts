/* The first bytes of TLS and QUIC flows, put together until they say what the client asked for. */
import type { EventOf } from '@gatehouse/schema'
import { createQuicReader } from '../quic/index.ts'
import type { HelloRecord } from '../sensor/record.ts'
import { createHelloReader, ja4, type ClientHello } from '../tls/index.ts'

export interface TlsFields extends Pick<EventOf<'network'>, 'sni' | 'ja4' | 'alpn' | 'ech'> {
  /** The hello is not as ordinary clients send it. */
  readonly odd: boolean
}

export interface HelloTable {
  /** What the record completes, or undefined while more is needed or it is neither TLS nor QUIC. */
  take(record: HelloRecord): TlsFields | undefined
}

/** Flows whose hello is not complete. The kernel gives 8 KB of each at most. */
const OPEN_MAX = 1_024
/** What the kernel gives of one datagram. */
const DATAGRAM_BYTES_MAX = 8_192

interface Datagrams {
  readonly reader: ReturnType<typeof createQuicReader>
  pieces: Uint8Array[]
  filled: number
}

export function createHelloTable(): HelloTable {
  const streams = new Map<string, ReturnType<typeof createHelloReader>>()
  const flows = new Map<string, Datagrams>()

  return {
    take(record) {
      const key = record.transport === 'tcp' ? record.socket : `${record.socket} ${record.remote.ip} ${record.remote.port}`
      return record.transport === 'tcp' ? stream(key, record) : datagram(key, record)
    },
  }

  function stream(key: string, record: HelloRecord): TlsFields | undefined {
    const reader = streams.get(key) ?? createHelloReader()
    const reading = reader.push(record.data)
    if (reading.kind === 'more') keep(streams, key, reader)
    else streams.delete(key)
    return reading.kind === 'hello' ? fieldsOf(reading.hello, 'tcp') : undefined
  }

  function datagram(key: string, record: HelloRecord): TlsFields | undefined {
    const flow = flows.get(key) ?? { reader: createQuicReader(), pieces: [], filled: 0 }
    if (record.offset === 0) [flow.pieces, flow.filled] = [[], 0]
    if (record.offset !== flow.filled) return undefined
    flow.pieces.push(Uint8Array.from(record.data))
    flow.filled += record.data.length
    keep(flows, key, flow)
    if (flow.filled < Math.min(record.total, DATAGRAM_BYTES_MAX)) return undefined
    const reading = flow.reader.push(Buffer.concat(flow.pieces))
    flow.pieces = []
    flow.filled = 0
    if (reading.kind === 'more') return undefined
    flows.delete(key)
    return reading.kind === 'hello' ? fieldsOf(reading.hello, 'quic') : undefined
  }
}

function fieldsOf(hello: ClientHello, transport: 'tcp' | 'quic'): TlsFields {
  return {
    ...(hello.serverName === undefined ? {} : { sni: hello.serverName.slice(0, 255) }),
    ja4: ja4(hello, transport),
    ...(hello.alpn.length === 0 ? {} : { alpn: hello.alpn.slice(0, 8).map((name) => name.slice(0, 64)) }),
    ...(hello.ech === undefined ? {} : { ech: hello.ech.form }),
    odd: hello.oddities.length > 0,
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= OPEN_MAX) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
