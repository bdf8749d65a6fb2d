/* From a client's first datagrams to its ClientHello. One reader per UDP flow; memory is bounded, and nothing here throws. */
import { HELLO_BYTES_MAX, readHello, type ClientHello, type NotHello } from '../tls/index.ts'
import { clientInitialKeys, openInitial, readLongHeader, readVarint, type InitialKeys, type QuicVersion } from './packet.ts'

export type QuicReading =
  | { readonly kind: 'hello'; readonly version: QuicVersion; readonly hello: ClientHello }
  /** It is QUIC; the ClientHello is not complete yet. */
  | { readonly kind: 'more'; readonly version: QuicVersion }
  /** It is QUIC of a version we cannot open: say so, with the number. */
  | { readonly kind: 'unknown-version'; readonly number: number }
  /** It is QUIC, but what the packets hold is not a ClientHello, or more than one may be. */
  | { readonly kind: 'no-hello'; readonly version: QuicVersion; readonly why: NotHello | 'undecryptable' | 'too-many' }
  | { readonly kind: 'not-quic' }

export interface QuicReader {
  /** Takes the next datagram the client sent. Once decided it says the same for ever. */
  push(datagram: Uint8Array): QuicReading
}

/** A client sends its hello in one or two datagrams, and repeats them when they are lost. */
const DATAGRAMS_MAX = 32
/** Chrome cuts its hello into about ten pieces on purpose; each piece has a frame of its own. */
const PIECES_MAX = 256

export function createQuicReader(): QuicReader {
  let decided: QuicReading | undefined
  let version: QuicVersion | undefined
  let keys: InitialKeys | undefined
  let largest = -1
  let datagrams = 0
  let opened = false
  const stream = createStream()

  /** Opens a packet, adopting the keys that fit: a Retry makes the client start again with another connection id. */
  function open(packet: Uint8Array, destination: Uint8Array, numberOffset: number, packetVersion: QuicVersion): Uint8Array | null {
    const known = keys === undefined ? null : openInitial(packet, numberOffset, keys, largest)
    const fresh = known === null ? clientInitialKeys(packetVersion, destination) : undefined
    const found = known ?? (fresh === undefined ? null : openInitial(packet, numberOffset, fresh, largest))
    if (found === null) return null
    if (fresh !== undefined) keys = fresh
    largest = Math.max(largest, found.number)
    return found.payload
  }

  function read(datagram: Uint8Array): QuicReading {
    let rest = datagram
    while (rest.length > 0) {
      const header = readLongHeader(rest)
      if (header.kind === 'not-quic' || header.kind === 'negotiation') break
      if (header.kind === 'unknown-version') return version === undefined ? (decided = header) : { kind: 'more', version }
      version = header.version
      if (header.kind === 'initial') {
        const packet = rest.subarray(0, header.length)
        const payload = open(packet, header.destination, header.numberOffset, header.version)
        if (payload !== null) {
          opened = true
          const wrong = readFrames(payload, stream)
          const reading = wrong === null ? readHello(stream.start()) : null
          if (reading === null || reading.kind === 'not-hello') {
            return (decided = { kind: 'no-hello', version, why: reading === null ? (wrong ?? 'malformed') : reading.why })
          }
          if (reading.kind === 'hello') {
            const { hello } = reading
            const oddities = stream.conflict() ? [...hello.oddities, 'overlap' as const] : hello.oddities
            return (decided = { kind: 'hello', version, hello: { ...hello, oddities } })
          }
        }
      }
      rest = rest.subarray(header.length)
    }
    if (version === undefined) return (decided = { kind: 'not-quic' })
    if (datagrams < DATAGRAMS_MAX) return { kind: 'more', version }
    return (decided = { kind: 'no-hello', version, why: opened ? 'too-many' : 'undecryptable' })
  }

  return {
    push(datagram) {
      if (decided !== undefined) return decided
      datagrams += 1
      const reading = read(datagram)
      if (decided !== undefined) stream.clear()
      return reading
    },
  }
}

/** RFC 9000, sections 12.4 and 19: an Initial packet may hold PADDING, PING, ACK, CRYPTO and CONNECTION_CLOSE. */
function readFrames(payload: Uint8Array, stream: Stream): 'malformed' | 'too-large' | 'too-many' | null {
  let offset = 0
  while (offset < payload.length) {
    const type = payload[offset] ?? 0
    offset += 1
    if (type === 0 || type === 1) continue
    if (type === 0x1c) return null
    const first = readVarint(payload, offset)
    const second = first === null ? null : readVarint(payload, first.next)
    if (first === null || second === null) return 'malformed'
    if (type === 6) {
      const end = second.next + second.value
      if (end > payload.length) return 'malformed'
      const trouble = stream.put(first.value, payload.subarray(second.next, end))
      if (trouble !== null) return trouble
      offset = end
    } else if (type === 2 || type === 3) {
      const next = skipAck(payload, second.next, type === 3)
      if (next === null) return 'malformed'
      offset = next
    } else return 'malformed'
  }
  return null
}

/** After largest and delay: range count, first range, then two numbers a range, and three counters with ECN. */
function skipAck(payload: Uint8Array, start: number, ecn: boolean): number | null {
  const ranges = readVarint(payload, start)
  if (ranges === null || ranges.value > payload.length) return null
  let next = ranges.next
  for (let left = 1 + ranges.value * 2 + (ecn ? 3 : 0); left > 0; left -= 1) {
    const number = readVarint(payload, next)
    if (number === null) return null
    next = number.next
  }
  return next
}

interface Stream {
  put(offset: number, bytes: Uint8Array): 'too-large' | 'too-many' | null
  /** What is there from the beginning without a gap. */
  start(): Uint8Array
  /** Whether the same offset was given different bytes: the first are kept, a server may keep the others. */
  conflict(): boolean
  clear(): void
}

function createStream(): Stream {
  let bytes = new Uint8Array(0)
  /** One flag a byte: pieces may overlap in any way. */
  let present = new Uint8Array(0)
  let pieces = 0
  let complete = 0
  let differs = false
  return {
    put(offset, data) {
      pieces += 1
      if (pieces > PIECES_MAX) return 'too-many'
      const end = offset + data.length
      if (end > HELLO_BYTES_MAX + 4) return 'too-large'
      if (end > bytes.length) {
        const size = Math.max(end, Math.min(bytes.length * 2, HELLO_BYTES_MAX + 4))
        const [grown, flags] = [new Uint8Array(size), new Uint8Array(size)]
        grown.set(bytes)
        flags.set(present)
        bytes = grown
        present = flags
      }
      for (const [index, byte] of data.entries()) {
        const position = offset + index
        if (present[position] === 1) differs ||= bytes[position] !== byte
        else {
          bytes[position] = byte
          present[position] = 1
        }
      }
      while (present[complete] === 1) complete += 1
      return null
    },
    start: () => bytes.subarray(0, complete),
    conflict: () => differs,
    clear() {
      bytes = new Uint8Array(0)
      present = new Uint8Array(0)
    },
  }
}
