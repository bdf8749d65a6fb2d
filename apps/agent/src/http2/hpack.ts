/*
 * HPACK (RFC 7541), for an onlooker. A library gives every header as a string; here only the few that may leave the decoder ever become
 * one, a credential only as its hash, and the dynamic table holds sizes alone for all others. That, bounded memory, and the word
 * "unknown" for references into a past we did not see are why this is our own: the decoders on npm have none of them.
 */
import { decodeHuffman } from './huffman.ts'
import { STATIC_TABLE } from './static-table.ts'

/** Headers whose value is taken. */
export type Kept = ':method' | ':authority' | ':path' | ':scheme' | ':status' | ':protocol' | 'host' | 'authorization'
const KEPT: ReadonlySet<string> = new Set<Kept>([
  ':method',
  ':authority',
  ':path',
  ':scheme',
  ':status',
  ':protocol',
  'host',
  'authorization',
])

export interface Field {
  /** Which header; `other` for all whose value is dropped; undefined when the reference reaches into what we missed. */
  readonly name: Kept | 'other' | undefined
  /** Its value, a hash in place of a credential; undefined when dropped or unknown. */
  readonly value: string | undefined
}

export interface HpackOptions {
  /** Keyed hash of a credential, given without its scheme. */
  hashCredential(credential: string): string
  /** Largest dynamic table that is followed, in HPACK's measure. Beyond it the peer's references become unknown. */
  readonly tableBytesMax?: number
  /** Most fields in one header block. */
  readonly fieldsMax?: number
}

export interface HpackDecoder {
  /**
   * Reads one whole header block. Null when it breaks the format; the connection is then out of step, and everything it
   * says by reference afterwards is unknown.
   */
  read(block: Uint8Array): readonly Field[] | null
  /** Records were lost, or the start was missed: from here on references into the dynamic table are unknown. */
  lose(): void
}

interface Entry {
  readonly name: Kept | 'other'
  readonly nameLength: number
  readonly value: string | undefined
  readonly size: number
}

const DYNAMIC_START = STATIC_TABLE.length + 1
/** RFC 7541, section 4.1. */
const ENTRY_OVERHEAD = 32
const TABLE_BYTES_DEFAULT = 4_096
/** Clients use the default unless a server asks for more and they agree; none we know goes beyond this. */
const TABLE_BYTES_MAX = 16_384
const FIELDS_MAX = 256
/** Longest value that is kept; paths and tokens beyond it are cut (a cut token is not hashed). */
const VALUE_BYTES_MAX = 8_192
/** Shared by all connections: reading a block never waits, and what it left is zeroed when it is done. */
const scratch = new Uint8Array(VALUE_BYTES_MAX)

export function createHpackDecoder(options: HpackOptions): HpackDecoder {
  const tableBytesMax = options.tableBytesMax ?? TABLE_BYTES_MAX
  const fieldsMax = options.fieldsMax ?? FIELDS_MAX
  /** Oldest first, so that the newest is pushed; `oldest` is where the living entries begin. */
  let entries: Entry[] = []
  let oldest = 0
  let size = 0
  let limit = TABLE_BYTES_DEFAULT
  let whole = true
  let scratchUsed = 0

  function lose(): void {
    whole = false
    entries = []
    oldest = 0
    size = 0
  }

  function evict(bound: number): void {
    while (size > bound) {
      const entry = entries[oldest]
      if (entry === undefined) break
      size -= entry.size
      oldest += 1
    }
    if (oldest > 64 && oldest * 2 > entries.length) {
      entries.splice(0, oldest)
      oldest = 0
    }
  }

  function insert(entry: Entry): void {
    if (!whole) return
    evict(Math.max(0, limit - entry.size))
    // An entry larger than the table empties it and is not an error (RFC 7541, section 4.4).
    if (entry.size > limit) return
    entries.push(entry)
    size += entry.size
  }

  /** `undefined`: unknown to us. `null`: no such index, which a correct encoder never sends. */
  function lookUp(index: number): Entry | undefined | null {
    if (index === 0) return null
    const fixed = STATIC_ENTRIES[index - 1]
    if (fixed !== undefined) return fixed
    if (!whole) return undefined
    const position = entries.length - 1 - (index - DYNAMIC_START)
    return position < oldest ? null : (entries[position] ?? null)
  }

  function readBlock(block: Uint8Array): readonly Field[] | null {
    const fields: Field[] = []
    let offset = 0
    while (offset < block.length) {
      const first = block[offset] ?? 0
      if (fields.length >= fieldsMax) return null
      if (first >= 0x80) {
        const index = readInteger(block, offset, 7)
        const entry = index === null ? null : lookUp(index.value)
        if (index === null || entry === null) return null
        fields.push(entry === undefined ? UNKNOWN : { name: entry.name, value: entry.value })
        offset = index.next
        continue
      }
      if (first >= 0x20 && first < 0x40) {
        const bound = readInteger(block, offset, 5)
        if (bound === null) return null
        offset = bound.next
        limit = bound.value
        if (limit > tableBytesMax) lose()
        else evict(limit)
        continue
      }
      const indexed = first >= 0x40
      const literal = readLiteral(block, offset, indexed ? 6 : 4)
      if (literal === null) return null
      offset = literal.next
      fields.push({ name: literal.name, value: literal.value })
      if (indexed && literal.name !== undefined) {
        insert({
          name: literal.name,
          nameLength: literal.nameLength,
          value: literal.value,
          size: literal.nameLength + literal.valueLength + ENTRY_OVERHEAD,
        })
      }
    }
    return fields
  }

  function readLiteral(block: Uint8Array, offset: number, prefix: 4 | 6) {
    const index = readInteger(block, offset, prefix)
    if (index === null) return null
    let next = index.next
    let name: Kept | 'other' | undefined
    let nameLength = 0
    if (index.value === 0) {
      const text = readString(block, next)
      if (text === null) return null
      next = text.next
      nameLength = text.length
      name = nameLength <= NAME_LENGTH_MAX ? nameOf(latin1(scratch, nameLength)) : 'other'
    } else {
      const entry = lookUp(index.value)
      if (entry === null) return null
      name = entry?.name
      nameLength = entry?.nameLength ?? 0
    }
    const text = readString(block, next)
    if (text === null) return null
    const value = name === undefined || name === 'other' ? undefined : valueOf(name, scratch, text.length, options)
    return { name, nameLength, value, valueLength: text.length, next: text.next }
  }

  /** Decodes a string into the scratch buffer. Its length may be more than fits there. */
  function readString(block: Uint8Array, offset: number): { readonly length: number; readonly next: number } | null {
    const length = readInteger(block, offset, 7)
    if (length === null || length.next + length.value > block.length) return null
    const next = length.next + length.value
    const bytes = block.subarray(length.next, next)
    if (((block[offset] ?? 0) & 0x80) === 0) {
      scratch.set(bytes.subarray(0, scratch.length))
      scratchUsed = Math.max(scratchUsed, Math.min(bytes.length, scratch.length))
      return { length: bytes.length, next }
    }
    const decoded = decodeHuffman(bytes, scratch)
    // Also when it failed half way; no code is shorter than five bits.
    scratchUsed = Math.max(scratchUsed, Math.min(Math.ceil((bytes.length * 8) / 5), scratch.length))
    return decoded < 0 ? null : { length: decoded, next }
  }

  return {
    read(block) {
      scratchUsed = 0
      const fields = readBlock(block)
      scratch.fill(0, 0, scratchUsed)
      if (fields === null) lose()
      return fields
    },
    lose,
  }
}

const UNKNOWN: Field = { name: undefined, value: undefined }
const NAME_LENGTH_MAX = Math.max(...[...KEPT].map((name) => name.length))

const STATIC_ENTRIES: readonly Entry[] = STATIC_TABLE.map(([name, value]) => ({
  name: nameOf(name),
  nameLength: name.length,
  value: KEPT.has(name) ? value : undefined,
  size: 0,
}))

function nameOf(name: string): Kept | 'other' {
  // Safe: membership was just tested.
  return KEPT.has(name) ? (name as Kept) : 'other'
}

function valueOf(name: Kept, bytes: Uint8Array, length: number, options: HpackOptions): string | undefined {
  const cut = Math.min(length, bytes.length)
  if (name === 'authorization') {
    // Without the scheme, so that the same token hashes the same after "Bearer" and after "token". Half a token is not hashed.
    return cut < length ? undefined : options.hashCredential(latin1(bytes, cut).replace(/^\S{1,32}\s+/, ''))
  }
  if (name !== ':path') return latin1(bytes, cut)
  let end = 0
  while (end < cut && bytes[end] !== 0x3f && bytes[end] !== 0x23) end += 1
  return latin1(bytes, end)
}

function latin1(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1')
}

/** RFC 7541, section 5.1. Null at the end of the block or beyond 2^28. */
function readInteger(block: Uint8Array, offset: number, prefix: number): { readonly value: number; readonly next: number } | null {
  const first = block[offset]
  if (first === undefined) return null
  const mask = (1 << prefix) - 1
  let value = first & mask
  let next = offset + 1
  if (value < mask) return { value, next }
  for (let shift = 0; shift <= 21; shift += 7) {
    const byte = block[next]
    if (byte === undefined) return null
    next += 1
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return { value, next }
  }
  return null
}
