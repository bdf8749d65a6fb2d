/* What a TLS ClientHello says, from the bytes of its handshake message. The bytes are hostile: nothing here throws. */

/** Largest ClientHello that is read. Post-quantum key shares make about 2 KB; browsers stay below 4 KB. */
export const HELLO_BYTES_MAX = 32_768

/** Something a well-behaved client does not do, and a way to make us and the server read different names. */
export type Oddity =
  | 'duplicate-extension'
  | 'several-names'
  | 'name-bytes' // the server name holds bytes no host name has
  | 'trailing-bytes'
  | 'overlap' // QUIC: the same offset was sent twice with different bytes

export interface EncryptedHello {
  /** `outer`: the true name is encrypted (or this is the random extension browsers send to keep it common). */
  readonly form: 'outer' | 'inner'
  /** Which public key it is encrypted to; 0 for `inner`. */
  readonly configId: number
}

export interface ClientHello {
  /** Name from SNI: lower case, without the last dot; bytes outside printable ASCII as `\xNN`. With ECH it is the public name. */
  readonly serverName?: string
  /** Protocols offered, in order, such as `h2`; odd bytes as `\xNN`. */
  readonly alpn: readonly string[]
  /** Highest version offered, such as 0x0304, GREASE aside. */
  readonly version: number
  /** In the order sent, GREASE included. */
  readonly ciphers: readonly number[]
  readonly extensions: readonly number[]
  readonly signatureAlgorithms: readonly number[]
  readonly groups: readonly number[]
  readonly ech?: EncryptedHello
  readonly oddities: readonly Oddity[]
  /** First and last byte of the first ALPN value, for JA4: undefined when there is none. */
  readonly alpnEnds?: readonly [first: number, last: number]
}

export type HelloReading =
  | { readonly kind: 'hello'; readonly hello: ClientHello }
  /** More bytes are needed: `bytes` at least, counted from the start of the message. */
  | { readonly kind: 'more'; readonly bytes: number }
  | { readonly kind: 'not-hello'; readonly why: NotHello }

export type NotHello = 'not-tls' | 'other-message' | 'malformed' | 'too-large'

const NOT = {
  'not-tls': { kind: 'not-hello', why: 'not-tls' },
  'other-message': { kind: 'not-hello', why: 'other-message' },
  malformed: { kind: 'not-hello', why: 'malformed' },
  'too-large': { kind: 'not-hello', why: 'too-large' },
} as const satisfies Record<NotHello, HelloReading>

export function notHello(why: NotHello): HelloReading & { kind: 'not-hello' } {
  return NOT[why]
}

const CLIENT_HELLO = 1
const HEADER_BYTES = 4
/** Version, random, and the four length fields at their emptiest. */
const BODY_BYTES_MIN = 2 + 32 + 1 + 2 + 1

/** Numbers: IANA, "TLS ExtensionType Values"; 0xfe0d: RFC 9849 (Encrypted ClientHello). */
const SERVER_NAME = 0
const SUPPORTED_GROUPS = 10
const SIGNATURE_ALGORITHMS = 13
const ALPN = 16
const SUPPORTED_VERSIONS = 43
const ENCRYPTED_CLIENT_HELLO = 0xfe0d

/**
 * Reads one handshake message from its four-byte header on, as it stands in TLS records put together or in QUIC's CRYPTO stream.
 * Bytes after the message are ignored, since the next message may follow.
 */
export function readHello(bytes: Uint8Array): HelloReading {
  if (bytes.length === 0) return { kind: 'more', bytes: HEADER_BYTES }
  if (bytes[0] !== CLIENT_HELLO) return NOT['other-message']
  if (bytes.length < HEADER_BYTES) return { kind: 'more', bytes: HEADER_BYTES }
  const length = at(bytes, 1) * 65_536 + at16(bytes, 2)
  if (length < BODY_BYTES_MIN) return NOT.malformed
  if (length > HELLO_BYTES_MAX) return NOT['too-large']
  if (bytes.length < HEADER_BYTES + length) return { kind: 'more', bytes: HEADER_BYTES + length }
  const hello = readBody(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length))
  return hello === null ? NOT.malformed : { kind: 'hello', hello }
}

/** RFC 8701: the sixteen values clients send to keep servers tolerant; they carry no meaning. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}

function readBody(body: Uint8Array): ClientHello | null {
  const legacyVersion = at16(body, 0)
  let offset = 34
  offset += 1 + at(body, offset) // session id
  if (offset + 2 > body.length) return null
  const cipherBytes = at16(body, offset)
  offset += 2
  if (cipherBytes % 2 !== 0 || offset + cipherBytes + 1 > body.length) return null
  const ciphers = numbers(body.subarray(offset, offset + cipherBytes))
  offset += cipherBytes
  offset += 1 + at(body, offset) // compression methods
  if (offset > body.length) return null

  const found = emptyFindings(legacyVersion)
  if (offset < body.length) {
    if (offset + 2 > body.length) return null
    const end = offset + 2 + at16(body, offset)
    if (end > body.length) return null
    if (end < body.length) found.oddities.add('trailing-bytes')
    if (!readExtensions(body.subarray(offset + 2, end), found)) return null
  }
  const { serverName, ech, alpnEnds } = found
  return {
    ...(serverName === undefined ? {} : { serverName }),
    alpn: found.alpn,
    version: found.version,
    ciphers,
    extensions: found.extensions,
    signatureAlgorithms: found.signatureAlgorithms,
    groups: found.groups,
    ...(ech === undefined ? {} : { ech }),
    oddities: [...found.oddities],
    ...(alpnEnds === undefined ? {} : { alpnEnds }),
  }
}

interface Findings {
  serverName: string | undefined
  alpn: readonly string[]
  alpnEnds: readonly [number, number] | undefined
  version: number
  extensions: number[]
  signatureAlgorithms: readonly number[]
  groups: readonly number[]
  ech: EncryptedHello | undefined
  oddities: Set<Oddity>
}

function emptyFindings(version: number): Findings {
  return {
    serverName: undefined,
    alpn: [],
    alpnEnds: undefined,
    version,
    extensions: [],
    signatureAlgorithms: [],
    groups: [],
    ech: undefined,
    oddities: new Set(),
  }
}

function readExtensions(bytes: Uint8Array, found: Findings): boolean {
  const seen = new Set<number>()
  let offset = 0
  while (offset < bytes.length) {
    if (offset + 4 > bytes.length) return false
    const type = at16(bytes, offset)
    const end = offset + 4 + at16(bytes, offset + 2)
    if (end > bytes.length) return false
    found.extensions.push(type)
    // A server refuses a repeated extension; the first is the one an intermediary would look at.
    if (seen.has(type)) found.oddities.add('duplicate-extension')
    else if (!readExtension(type, bytes.subarray(offset + 4, end), found)) return false
    seen.add(type)
    offset = end
  }
  return true
}

function readExtension(type: number, data: Uint8Array, found: Findings): boolean {
  switch (type) {
    case SERVER_NAME:
      return readServerName(data, found)
    case ALPN:
      return readAlpn(data, found)
    case SUPPORTED_GROUPS: {
      const list = counted16(data)
      if (list === null) return false
      found.groups = list
      return true
    }
    case SIGNATURE_ALGORITHMS: {
      const list = counted16(data)
      if (list === null) return false
      found.signatureAlgorithms = list
      return true
    }
    case SUPPORTED_VERSIONS: {
      const length = at(data, 0)
      if (data.length < 1 + length || length % 2 !== 0) return false
      const versions = numbers(data.subarray(1, 1 + length)).filter((version) => !isGrease(version))
      if (versions.length > 0) found.version = Math.max(...versions)
      return true
    }
    case ENCRYPTED_CLIENT_HELLO:
      // type(1) kdf(2) aead(2) config_id(1) enc<..> payload<..>; an inner hello has the type byte alone.
      if (data.length === 0) return false
      found.ech = data[0] === 1 ? { form: 'inner', configId: 0 } : { form: 'outer', configId: at(data, 5) }
      return true
    default:
      return true
  }
}

/** RFC 6066, section 3: a list of (type, name), of which only type 0, host name, exists. */
function readServerName(data: Uint8Array, found: Findings): boolean {
  // An empty extension is what a server answers with; from a client it is of no use, yet not worth losing the rest for.
  if (data.length < 2) return data.length === 0
  const end = 2 + at16(data, 0)
  if (end > data.length) return false
  let offset = 2
  while (offset < end) {
    if (offset + 3 > end) return false
    const next = offset + 3 + at16(data, offset + 1)
    if (next > end) return false
    if (data[offset] === 0) {
      if (found.serverName === undefined) {
        const name = data.subarray(offset + 3, Math.min(next, offset + 3 + 255))
        if (next - offset - 3 > 255 || !name.every(isHostByte)) found.oddities.add('name-bytes')
        found.serverName = asciiOf(name).toLowerCase().replace(/\.$/, '')
      } else found.oddities.add('several-names')
    }
    offset = next
  }
  return true
}

/** RFC 7301, section 3.1. */
function readAlpn(data: Uint8Array, found: Findings): boolean {
  if (data.length < 2) return false
  const end = 2 + at16(data, 0)
  if (end > data.length) return false
  const names: string[] = []
  let offset = 2
  while (offset < end) {
    const next = offset + 1 + at(data, offset)
    if (next > end) return false
    const name = data.subarray(offset + 1, next)
    if (names.length === 0 && name.length > 0) found.alpnEnds = [at(name, 0), at(name, name.length - 1)]
    // Every name counts a byte at least, so the list is bounded by the message; sixteen say all that is worth keeping.
    if (names.length < 16) names.push(asciiOf(name))
    offset = next
  }
  found.alpn = names
  return true
}

function counted16(data: Uint8Array): readonly number[] | null {
  if (data.length < 2) return null
  const length = at16(data, 0)
  return length % 2 === 0 && 2 + length <= data.length ? numbers(data.subarray(2, 2 + length)) : null
}

function numbers(data: Uint8Array): readonly number[] {
  const list = Array.from<number>({ length: data.length >> 1 })
  for (let index = 0; index < list.length; index += 1) list[index] = at16(data, index * 2)
  return list
}

/** Letters, digits, hyphen, dot, and the underscore that names in practice hold. */
function isHostByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    (byte >= 0x41 && byte <= 0x5a)
  )
}

function asciiOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) {
    text += byte > 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

/** A byte; beyond the end 0, so that a length read there can never reach further than the checks that follow. */
function at(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0
}

function at16(bytes: Uint8Array, offset: number): number {
  return at(bytes, offset) * 256 + at(bytes, offset + 1)
}
