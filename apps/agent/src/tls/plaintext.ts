/*
 * What programs hand to their TLS library, connection by connection: decides between HTTP/1 and HTTP/2, puts split heads together, and
 * joins answers to requests. Bytes come from uprobes, so they may be missing, repeated or faked by the process itself: what comes out is
 * evidence, and what is not known is undefined.
 */
import { readHttpRequest } from '../http/request.ts'
import { createHttp2Connection, type Http2Connection } from '../http2/index.ts'

export interface PlainRequest {
  readonly version: '1.0' | '1.1' | '2'
  readonly method: string | undefined
  /** Lower case, without port; undefined when not said or not known. */
  readonly host: string | undefined
  /** Without the query string. */
  readonly path: string | undefined
  /** Keyed hash of the credential. */
  readonly credential?: string
  /** False when a part may be missing because bytes were not seen. */
  readonly complete: boolean
  /** Joins the answer: rises with each request of a connection. */
  readonly number: number
}

export interface PlainAnswer {
  readonly number: number
  readonly status: number
}

export interface PlaintextReader {
  /** Bytes a program wrote. `result` is what the library returned, where a return probe tells; 0 and less is a write that will be retried. */
  wrote(connection: string, bytes: Uint8Array, time: number, result?: number): readonly PlainRequest[]
  /** Bytes a program read. */
  read(connection: string, bytes: Uint8Array): readonly PlainAnswer[]
  /** Bytes of a connection were lost in this direction. */
  lose(connection: string, direction: 'wrote' | 'read'): void
  close(connection: string): void
  counts(): PlaintextCounts
}

export interface PlaintextCounts {
  readonly connections: number
  /** Connections given up for newer ones; what they say later is read as if joined in the middle. */
  readonly evicted: number
  /** Writes that were the same write tried again. */
  readonly repeated: number
  /** Connections that speak something else. */
  readonly other: number
}

interface Connection {
  /** Undecided until the first bytes. */
  protocol: 'unknown' | 'http1' | 'http2' | 'other'
  http2: Http2Connection | undefined
  /** Start of a head that has not ended yet; zeroed when it is read. */
  head: Buffer | undefined
  last: { readonly bytes: string; readonly time: number } | undefined
  requests: number
  answers: number
}

/** With tables of 16 KB each way and a head of 8 KB, a hostile job can make us keep 40 MB. */
const CONNECTIONS_MAX = 1_024
const HEAD_BYTES_MAX = 8_192
const PREFACE = 'PRI * HTTP/2.0\r\n'
/** A retry follows within the handshake; the same request later is a new one. */
const RETRY_TIME_MAX = 1_000_000
const METHOD = /^[A-Z]{3,16}(?:-[A-Z]{2,16})? /

export function createPlaintextReader(options: {
  /** Keyed hash of a credential, given without its scheme. */
  hashCredential(credential: string): string
  readonly connectionsMax?: number
}): PlaintextReader {
  const { connectionsMax = CONNECTIONS_MAX } = options
  /** Least recently used first. */
  const all = new Map<string, Connection>()
  const counts = { evicted: 0, repeated: 0, other: 0 }

  function connectionOf(name: string): Connection {
    const known = all.get(name)
    all.delete(name)
    const connection = known ?? { protocol: 'unknown', http2: undefined, head: undefined, last: undefined, requests: 0, answers: 0 }
    all.set(name, connection)
    const oldest = all.entries().next()
    if (all.size > connectionsMax && oldest.done === false) {
      drop(...oldest.value)
      counts.evicted += 1
    }
    return connection
  }

  function drop(name: string, connection: Connection): void {
    connection.head?.fill(0)
    all.delete(name)
  }

  /** The first bytes decide. In the middle of a connection HTTP/1 begins with a method, and HTTP/2 with a frame that can be checked. */
  function decide(connection: Connection, start: string): void {
    if (connection.protocol !== 'unknown') return
    connection.protocol = METHOD.test(start) && !start.startsWith('PRI ') ? 'http1' : 'http2'
    if (connection.protocol === 'http2') connection.http2 = createHttp2Connection(options)
  }

  function http2Wrote(connection: Connection, bytes: Uint8Array): readonly PlainRequest[] {
    const found = connection.http2?.client(bytes) ?? []
    noteOther(connection)
    const requests: PlainRequest[] = []
    for (const { method, host, path, credential, complete, stream } of found) {
      requests.push({ version: '2', method, host, path, ...(credential === undefined ? {} : { credential }), complete, number: stream })
    }
    return requests
  }

  function noteOther(connection: Connection): void {
    if (connection.http2?.state() !== 'not-http2') return
    connection.protocol = 'other'
    connection.http2 = undefined
    counts.other += 1
  }

  function http1Wrote(connection: Connection, bytes: Uint8Array, start: string): readonly PlainRequest[] {
    const starts = METHOD.test(start)
    const found: PlainRequest[] = []
    // A new head while one is unfinished: the rest of the old one was not seen.
    if (starts && connection.head !== undefined) push(found, takeHead(connection, false))
    if (!starts && connection.head === undefined) return found
    const joined = connection.head === undefined ? Buffer.from(bytes) : Buffer.concat([connection.head, bytes])
    connection.head?.fill(0)
    connection.head = joined.subarray(0, HEAD_BYTES_MAX)
    const ended = joined.includes('\r\n\r\n')
    if (ended || joined.length >= HEAD_BYTES_MAX) push(found, takeHead(connection, ended))
    return found
  }

  function takeHead(connection: Connection, ended: boolean): PlainRequest | undefined {
    const head = connection.head
    connection.head = undefined
    const request = head === undefined ? undefined : readHttpRequest(head)
    head?.fill(0)
    if (request === undefined) return undefined
    connection.requests += 1
    return {
      version: request.version === '1.0' ? '1.0' : '1.1',
      method: request.method,
      host: request.host === '' ? undefined : request.host,
      path: request.path,
      ...(request.credential === undefined ? {} : { credential: options.hashCredential(request.credential) }),
      complete: ended,
      number: connection.requests,
    }
  }

  /** Node hands over the same bytes again and again until its handshake is done. Only before an answer, and only the same start. */
  function isRepeated(connection: Connection, bytes: Uint8Array, start: string, time: number): boolean {
    if (connection.protocol === 'http2') return connection.requests > 0 && start.startsWith(PREFACE)
    if (connection.answers > 0 || !METHOD.test(start)) return false
    const text = Buffer.from(bytes.subarray(0, HEAD_BYTES_MAX)).toString('latin1')
    // Kept as a hash: the head holds credentials.
    const mark = options.hashCredential(text)
    const last = connection.last
    connection.last = { bytes: mark, time }
    return last !== undefined && last.bytes === mark && time - last.time <= RETRY_TIME_MAX
  }

  return {
    wrote(name, bytes, time, result) {
      const connection = connectionOf(name)
      if (bytes.length === 0 || connection.protocol === 'other') return []
      if (result !== undefined && result <= 0) {
        counts.repeated += 1
        return []
      }
      const start = Buffer.from(bytes.subarray(0, 40)).toString('latin1')
      decide(connection, start)
      if (result === undefined && isRepeated(connection, bytes, start, time)) {
        counts.repeated += 1
        return []
      }
      if (connection.protocol === 'http2') {
        connection.requests += 1
        return http2Wrote(connection, bytes)
      }
      return http1Wrote(connection, bytes, start)
    },
    read(name, bytes) {
      const connection = all.get(name)
      if (connection === undefined) return []
      if (connection.protocol === 'http2') {
        const found = connection.http2?.server(bytes) ?? []
        noteOther(connection)
        return found.flatMap(({ stream, status }) => (status === undefined ? [] : [{ number: stream, status }]))
      }
      const line = /^HTTP\/1\.[01] ([1-9]\d\d)[ \r]/.exec(Buffer.from(bytes.subarray(0, 16)).toString('latin1'))
      const status = Number(line?.[1] ?? 0)
      // Informational answers come before the real one, and an answer to nothing joins nothing.
      if (status < 200 || connection.answers >= connection.requests) return []
      connection.answers += 1
      return [{ number: connection.answers, status }]
    },
    lose(name, direction) {
      const connection = all.get(name)
      connection?.http2?.lose(direction === 'wrote' ? 'client' : 'server')
      if (connection === undefined || direction !== 'wrote') return
      connection.head?.fill(0)
      connection.head = undefined
    },
    close(name) {
      const connection = all.get(name)
      if (connection !== undefined) drop(name, connection)
    },
    counts: () => ({ connections: all.size, ...counts }),
  }
}

function push<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item)
}
