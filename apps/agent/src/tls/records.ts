/*
 * The first bytes of a TCP connection, as a TLS client sends them: records, whose borders need not be those of segments or of
 * messages. A client may cut its ClientHello into records of one byte each; some evasion tools do.
 */
import { HELLO_BYTES_MAX, notHello, readHello, type HelloReading } from './hello.ts'

const HANDSHAKE = 22
const RECORD_HEADER_BYTES = 5
/** RFC 8446, section 5.1: 2^14 bytes in a plaintext record. */
const RECORD_BYTES_MAX = 16_384
const MESSAGE_HEADER_BYTES = 4

export interface HelloReader {
  /**
   * Takes the next bytes the client sent. Decides on the first byte when that is not TLS. Once it has said `hello` or `not-hello`
   * it says the same for ever and keeps nothing else.
   */
  push(bytes: Uint8Array): HelloReading
}

/** Looks for a ClientHello at the start of what a client has sent so far. */
export function readClientHello(stream: Uint8Array): HelloReading {
  return createHelloReader().push(stream)
}

/** Collects what a client sends first, at most 32 KB, until it is decided. One per TCP flow; every byte is looked at once. */
export function createHelloReader(): HelloReader {
  let decided: HelloReading | undefined
  let message = new Uint8Array(0)
  let filled = 0
  let wanted = MESSAGE_HEADER_BYTES
  const header = new Uint8Array(RECORD_HEADER_BYTES)
  let headerFilled = 0
  let recordLeft = 0
  let records = 0

  function decide(reading: HelloReading): HelloReading {
    decided = reading
    message = new Uint8Array(0)
    return reading
  }

  function keep(bytes: Uint8Array): void {
    if (filled + bytes.length > message.length) {
      const grown = new Uint8Array(Math.max(512, message.length * 2, filled + bytes.length))
      grown.set(message.subarray(0, filled))
      message = grown
    }
    message.set(bytes, filled)
    filled += bytes.length
  }

  return {
    push(bytes) {
      if (decided !== undefined) return decided
      let offset = 0
      while (offset < bytes.length) {
        if (recordLeft === 0) {
          header[headerFilled] = bytes[offset] ?? 0
          headerFilled += 1
          offset += 1
          // The start decides whether this is TLS at all; later it was, and has gone wrong.
          if (!isPlausible(header, headerFilled)) return decide(notHello(records === 0 ? 'not-tls' : 'malformed'))
          if (headerFilled === RECORD_HEADER_BYTES) {
            recordLeft = lengthOf(header)
            headerFilled = 0
            records += 1
          }
          continue
        }
        const data = bytes.subarray(offset, offset + recordLeft)
        offset += data.length
        recordLeft -= data.length
        // Nearly every hello is one record in one segment: read it where it stands.
        if (filled === 0 && data.length >= MESSAGE_HEADER_BYTES) {
          const reading = readHello(data)
          if (reading.kind !== 'more') return decide(reading)
          wanted = reading.bytes
        }
        if (filled + data.length > HELLO_BYTES_MAX + MESSAGE_HEADER_BYTES) return decide(notHello('too-large'))
        keep(data)
        if (filled < wanted && filled !== data.length) continue
        const reading = readHello(message.subarray(0, filled))
        if (reading.kind !== 'more') return decide(reading)
        wanted = reading.bytes
      }
      return { kind: 'more', bytes: wanted }
    },
  }
}

/** Whether these first bytes can begin a record that carries a handshake. */
function isPlausible(header: Uint8Array, filled: number): boolean {
  if (header[0] !== HANDSHAKE) return false
  if (filled >= 2 && header[1] !== 3) return false
  if (filled >= 3 && (header[2] ?? 0) > 4) return false
  return filled < RECORD_HEADER_BYTES || (lengthOf(header) > 0 && lengthOf(header) <= RECORD_BYTES_MAX)
}

function lengthOf(header: Uint8Array): number {
  return (header[3] ?? 0) * 256 + (header[4] ?? 0)
}
