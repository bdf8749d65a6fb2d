/*
 * QUIC long headers and what they hide: enough of RFC 9000, RFC 9001 and RFC 9369 to read a client's Initial packets. Their keys
 * come from the connection id that stands in the clear, so anyone on the path can read them; that is by design.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

export type QuicVersion = 1 | 2

interface Parameters {
  readonly salt: Buffer
  /** Prefix of the HKDF labels. */
  readonly label: string
  /** The two type bits that mean Initial. */
  readonly initialType: number
}

/** Salts and labels: RFC 9001, section 5.2, and RFC 9369, sections 3.3.1 and 3.3.2. */
const PARAMETERS: Readonly<Record<QuicVersion, Parameters>> = {
  1: { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), label: 'quic', initialType: 0 },
  2: { salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'), label: 'quicv2', initialType: 1 },
}

const VERSION_NUMBERS: ReadonlyMap<number, QuicVersion> = new Map([
  [0x0000_0001, 1],
  [0x6b33_43cf, 2],
])

/** RFC 9000, section 17.2. */
const CONNECTION_ID_BYTES_MAX = 20
const SAMPLE_BYTES = 16
const TAG_BYTES = 16

export type LongHeader =
  | {
      readonly kind: 'initial'
      readonly version: QuicVersion
      readonly destination: Uint8Array
      /** Where the protected packet number begins, from the start of the packet. */
      readonly numberOffset: number
      /** Length of the whole packet; another may follow in the same datagram. */
      readonly length: number
    }
  | { readonly kind: 'other'; readonly version: QuicVersion; readonly length: number }
  /** A version we have no keys for; its number is shown. */
  | { readonly kind: 'unknown-version'; readonly number: number }
  | { readonly kind: 'negotiation' }
  | { readonly kind: 'not-quic' }

const NOT_QUIC = { kind: 'not-quic' } as const

/** Reads the header of the packet at the start of `bytes`, which reach to the end of the datagram. */
export function readLongHeader(bytes: Uint8Array): LongHeader {
  const first = bytes[0] ?? 0
  // Header form bit and the bit that is always set.
  if ((first & 0x80) === 0 || bytes.length < 7) return NOT_QUIC
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const number = view.getUint32(1)
  let offset = 5
  const destinationLength = bytes[offset] ?? 0
  const sourceAt = offset + 1 + destinationLength
  const sourceLength = bytes[sourceAt] ?? 0
  // A client's first destination id has eight bytes at least (RFC 9000, section 7.2), so this also keeps noise out.
  if (destinationLength > CONNECTION_ID_BYTES_MAX || sourceLength > CONNECTION_ID_BYTES_MAX) return NOT_QUIC
  const destination = bytes.subarray(offset + 1, sourceAt)
  offset = sourceAt + 1 + sourceLength
  if (offset > bytes.length) return NOT_QUIC
  if (number === 0) return { kind: 'negotiation' }
  if ((first & 0x40) === 0) return NOT_QUIC
  const version = VERSION_NUMBERS.get(number)
  if (version === undefined) return isLikelyVersion(number) ? { kind: 'unknown-version', number } : NOT_QUIC

  const type = (first >> 4) & 3
  // In both versions a Retry is the type before Initial, going round; it has no length and ends the datagram.
  if (type === (PARAMETERS[version].initialType + 3) % 4) return { kind: 'other', version, length: bytes.length }
  const isInitial = type === PARAMETERS[version].initialType
  if (isInitial) {
    const token = readVarint(bytes, offset)
    if (token === null || token.value > bytes.length) return NOT_QUIC
    offset = token.next + token.value
  }
  const length = readVarint(bytes, offset)
  if (length === null || length.next + length.value > bytes.length) return NOT_QUIC
  const total = length.next + length.value
  if (!isInitial) return { kind: 'other', version, length: total }
  if (length.value < 4 + SAMPLE_BYTES) return NOT_QUIC
  return { kind: 'initial', version, destination, numberOffset: length.next, length: total }
}

export interface InitialKeys {
  readonly key: Buffer
  readonly iv: Buffer
  readonly headerKey: Buffer
}

/** Keys of the client's Initial packets (RFC 9001, section 5.2). */
export function clientInitialKeys(version: QuicVersion, destination: Uint8Array): InitialKeys {
  const { salt, label } = PARAMETERS[version]
  const initial = createHmac('sha256', salt).update(destination).digest()
  const client = expandLabel(initial, 'client in', 32)
  return {
    key: expandLabel(client, `${label} key`, 16),
    iv: expandLabel(client, `${label} iv`, 12),
    headerKey: expandLabel(client, `${label} hp`, 16),
  }
}

/**
 * Takes the protection off one Initial packet. `largest` is the largest packet number read so far, -1 before the first.
 * Null when the keys do not fit or the packet was changed on the way: nothing but the sender's bytes passes the tag.
 */
export function openInitial(
  packet: Uint8Array,
  numberOffset: number,
  keys: InitialKeys,
  largest: number,
): { readonly number: number; readonly payload: Uint8Array } | null {
  const sample = packet.subarray(numberOffset + 4, numberOffset + 4 + SAMPLE_BYTES)
  if (sample.length < SAMPLE_BYTES) return null
  const mask = createCipheriv('aes-128-ecb', keys.headerKey, null).update(sample)
  const first = (packet[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f)
  const numberBytes = (first & 3) + 1
  const header = Uint8Array.from(packet.subarray(0, numberOffset + numberBytes))
  header[0] = first
  let truncated = 0
  for (let index = 0; index < numberBytes; index += 1) {
    const byte = (header[numberOffset + index] ?? 0) ^ (mask[1 + index] ?? 0)
    header[numberOffset + index] = byte
    truncated = truncated * 256 + byte
  }
  const number = wholeNumber(truncated, numberBytes * 8, largest)
  const nonce = Buffer.from(keys.iv)
  for (let index = 0, left = number; index < 8; index += 1, left = Math.floor(left / 256)) {
    nonce[11 - index] = (nonce[11 - index] ?? 0) ^ (left % 256)
  }
  const sealed = packet.subarray(header.length)
  if (sealed.length < TAG_BYTES) return null
  const cipher = createDecipheriv('aes-128-gcm', keys.key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(header)
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  try {
    const payload = cipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
    cipher.final()
    return { number, payload }
  } catch {
    return null
  }
}

/** RFC 9000, section 16. Null at the end of the bytes, and for numbers too large for a datagram to mean. */
export function readVarint(bytes: Uint8Array, offset: number): { readonly value: number; readonly next: number } | null {
  const first = bytes[offset]
  if (first === undefined) return null
  const length = 1 << (first >> 6)
  if (offset + length > bytes.length) return null
  let value = first & 0x3f
  for (let index = 1; index < length; index += 1) value = value * 256 + (bytes[offset + index] ?? 0)
  return Number.isSafeInteger(value) ? { value, next: offset + length } : null
}

/** RFC 8446, section 7.1, for outputs of at most one hash. */
function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])])
  return createHmac('sha256', secret).update(info).digest().subarray(0, length)
}

/** RFC 9000, appendix A.3: the number nearest to the one expected that ends in these bits. */
function wholeNumber(truncated: number, bits: number, largest: number): number {
  const expected = largest + 1
  const window = 2 ** bits
  const candidate = expected - (expected % window) + truncated
  if (candidate <= expected - window / 2 && candidate < 2 ** 62 - window) return candidate + window
  if (candidate > expected + window / 2 && candidate >= window) return candidate - window
  return candidate
}

/** Drafts (0xff0000NN), reserved numbers that force negotiation (0x?a?a?a?a), and Google's own (Q0NN, T0NN). */
function isLikelyVersion(number: number): boolean {
  const high = number >>> 8
  return high === 0xff0000 || (number & 0x0f0f0f0f) === 0x0a0a0a0a || number >>> 16 === 0x5130 || number >>> 16 === 0x5430
}
