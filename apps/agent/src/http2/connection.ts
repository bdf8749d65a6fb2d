/* Requests and statuses of one HTTP/2 connection, seen from outside. One per connection; memory is bounded, and nothing here throws. */
import { createFrameReader, type HeaderBlock } from './frames.ts'
import { createHpackDecoder, type Field, type Kept } from './hpack.ts'

export interface Http2Request {
  readonly kind: 'request'
  readonly stream: number
  /** Each is undefined when it was said by reference to something that we did not see; never guessed. */
  readonly method: string | undefined
  readonly host: string | undefined
  /** Without the query string. */
  readonly path: string | undefined
  readonly scheme: string | undefined
  /** Keyed hash of the credential in `authorization`. */
  readonly credential?: string
  /** False when the start of the connection, or something since, was missed. */
  readonly complete: boolean
}

export interface Http2Response {
  readonly kind: 'response'
  readonly stream: number
  /** Final status; informational ones are left out. Undefined when unknown. */
  readonly status: number | undefined
}

export interface Http2Connection {
  /** Bytes the client wrote, in order. */
  client(bytes: Uint8Array): readonly Http2Request[]
  /** Bytes the client read, in order. */
  server(bytes: Uint8Array): readonly Http2Response[]
  /** Bytes of this direction were lost; what follows begins at a frame. */
  lose(direction: 'client' | 'server'): void
  /** `not-http2` once either direction was something else, or broke off. */
  state(): 'reading' | 'not-http2'
}

export interface Http2Options {
  /** Keyed hash of a credential, given without its scheme (`Bearer`, `token`). Called at once; the bytes are zeroed after. */
  hashCredential(credential: string): string
  /**
   * Whether the first bytes are the first of the connection. `seen` when the caller knows; `by-preface` (the default) when the
   * client's preface tells. A server says nothing that tells, so its side is taken to be as whole as the client's.
   */
  readonly start?: 'seen' | 'missed' | 'by-preface'
}

/** Most requests from one call; a call is one write, of 16 KB at most in practice. */
const RESULTS_MAX = 256

export function createHttp2Connection(options: Http2Options): Http2Connection {
  const start = options.start ?? 'by-preface'
  const client = { frames: createFrameReader(), hpack: createHpackDecoder(options), whole: start !== 'missed' }
  const server = { frames: createFrameReader(), hpack: createHpackDecoder(options), whole: start !== 'missed' }
  if (start === 'missed') {
    client.hpack.lose()
    server.hpack.lose()
  }
  let lastStream = 0
  let dead = false
  let checked = false

  function lose(side: typeof client): void {
    side.frames.lose()
    side.hpack.lose()
    side.whole = false
  }

  function request({ stream, block }: HeaderBlock): Http2Request | null {
    const fields = client.hpack.read(block)
    if (fields === null) client.whole = false
    // A client opens streams in rising order: a second block on one is its trailers.
    if (stream <= lastStream) return null
    lastStream = stream
    const path = valueOf(fields, ':path')
    const host = valueOf(fields, ':authority') ?? valueOf(fields, 'host')
    const credential = valueOf(fields, 'authorization')
    return {
      kind: 'request',
      stream,
      method: valueOf(fields, ':method'),
      host: host === undefined ? undefined : hostName(host),
      path,
      scheme: valueOf(fields, ':scheme'),
      ...(credential === undefined ? {} : { credential }),
      complete: client.whole && fields !== null,
    }
  }

  function response({ stream, block, promise }: HeaderBlock): Http2Response | null {
    const fields = server.hpack.read(block)
    if (fields === null) server.whole = false
    // A promise changes the table as any block does, but is no answer.
    if (promise) return null
    const text = valueOf(fields, ':status')
    const status = text === undefined || !/^[1-9]\d\d$/.test(text) ? undefined : Number(text)
    if (status !== undefined && status < 200) return null
    // Trailers have no status and, when the table is whole, nothing unknown either.
    if (status === undefined && fields !== null && fields.every(({ name }) => name !== undefined)) return null
    return { kind: 'response', stream, status }
  }

  return {
    client(bytes) {
      if (dead) return []
      const found: Http2Request[] = []
      const alive = client.frames.push(bytes, (block) => {
        noteStart()
        const read = request(block)
        if (read !== null && found.length < RESULTS_MAX) found.push(read)
      })
      if (!alive) dead = true
      return found
    },
    server(bytes) {
      if (dead) return []
      noteStart()
      const found: Http2Response[] = []
      const alive = server.frames.push(bytes, (block) => {
        const read = response(block)
        if (read !== null && found.length < RESULTS_MAX) found.push(read)
      })
      if (!alive) dead = true
      return found
    },
    lose(direction) {
      lose(direction === 'client' ? client : server)
    },
    state: () => (dead ? 'not-http2' : 'reading'),
  }

  /** Once, at the first block or answer: without the preface, which comes first, the tables may hold entries from before. */
  function noteStart(): void {
    if (checked) return
    checked = true
    if (start !== 'by-preface' || client.frames.prefaceSeen()) return
    for (const side of [client, server]) {
      side.hpack.lose()
      side.whole = false
    }
  }
}

function valueOf(fields: readonly Field[] | null, name: Kept): string | undefined {
  return fields?.find((field) => field.name === name)?.value
}

/** User and port off, lower case. */
function hostName(authority: string): string {
  return authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d{0,5}$/, '')
    .toLowerCase()
    .slice(0, 255)
}
