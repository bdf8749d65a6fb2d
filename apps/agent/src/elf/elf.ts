/*
 * ELF files (System V gABI), as far as finding functions needs: headers, sections, segments, notes. 64-bit little-endian only, which
 * is every machine we run on. Every number in the file is a claim by whoever wrote it.
 */
import { type ByteSource } from './file.ts'

export interface Section {
  readonly name: string
  readonly type: number
  readonly address: number
  readonly offset: number
  readonly size: number
  /** Index of the section it belongs with (a symbol table's strings). */
  readonly link: number
  readonly entrySize: number
}

interface Segment {
  readonly type: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly fileSize: number
}

export interface Elf {
  readonly source: ByteSource
  readonly machine: 'x86-64' | 'aarch64' | 'other'
  /** Position independent: addresses are relative to where it gets loaded. */
  readonly relocatable: boolean
  readonly entry: number
  readonly segments: readonly Segment[]
  /** Empty when the section headers were stripped. */
  readonly sections: readonly Section[]
  /** GNU build id, hex, when there is one. */
  readonly buildId?: string
}

export type ElfReading =
  | { readonly kind: 'elf'; readonly elf: Elf }
  | { readonly kind: 'not-elf' }
  | { readonly kind: 'unsupported'; readonly why: string }

export const PT_LOAD = 1
export const PT_DYNAMIC = 2
const PT_NOTE = 4
export const PF_X = 1
const SECTIONS_MAX = 8_192
const SEGMENTS_MAX = 256
const NAMES_BYTES_MAX = 262_144
const NOTE_BYTES_MAX = 65_536

export function readElf(source: ByteSource): ElfReading {
  const header = Buffer.from(source.read(0, 64))
  if (header.length < 52 || header.readUInt32BE(0) !== 0x7f45_4c46) return { kind: 'not-elf' }
  if (header[4] !== 2) return { kind: 'unsupported', why: '32-bit ELF' }
  if (header[5] !== 1) return { kind: 'unsupported', why: 'big-endian ELF' }
  if (header.length < 64) return { kind: 'unsupported', why: 'cut off in its header' }
  const type = header.readUInt16LE(16)
  if (type !== 2 && type !== 3) return { kind: 'unsupported', why: 'neither a program nor a shared library' }
  const machine = header.readUInt16LE(18)
  const segments = readSegments(source, wide(header, 32), header.readUInt16LE(54), header.readUInt16LE(56))
  const buildId = readBuildId(source, segments)
  return {
    kind: 'elf',
    elf: {
      source,
      machine: machine === 62 ? 'x86-64' : machine === 183 ? 'aarch64' : 'other',
      relocatable: type === 3,
      entry: wide(header, 24),
      segments,
      sections: readSections(source, wide(header, 40), header.readUInt16LE(58), header.readUInt16LE(60), header.readUInt16LE(62)),
      ...(buildId === undefined ? {} : { buildId }),
    },
  }
}

/** Offset in the file of a virtual address, as a uprobe needs it; undefined when no loaded segment holds it. */
export function fileOffset(elf: Elf, address: number, onlyCode = false): number | undefined {
  for (const segment of elf.segments) {
    if (segment.type !== PT_LOAD || (onlyCode && (segment.flags & PF_X) === 0)) continue
    const within = address - segment.address
    if (within < 0 || within >= segment.fileSize) continue
    const offset = segment.offset + within
    return offset < elf.source.size ? offset : undefined
  }
  return undefined
}

/** A 64-bit number; beyond what a double holds exactly it becomes larger than any file, so that bounds reject it. */
export function wide(buffer: Buffer, offset: number): number {
  return buffer.readUInt32LE(offset + 4) * 4_294_967_296 + buffer.readUInt32LE(offset)
}

function readSegments(source: ByteSource, offset: number, entrySize: number, count: number): readonly Segment[] {
  if (entrySize < 56 || count > SEGMENTS_MAX) return []
  const table = Buffer.from(source.read(offset, entrySize * count))
  const segments: Segment[] = []
  for (let at = 0; at + 56 <= table.length; at += entrySize) {
    segments.push({
      type: table.readUInt32LE(at),
      flags: table.readUInt32LE(at + 4),
      offset: wide(table, at + 8),
      address: wide(table, at + 16),
      fileSize: wide(table, at + 32),
    })
  }
  return segments
}

function readSections(source: ByteSource, offset: number, entrySize: number, count: number, namesIndex: number): readonly Section[] {
  if (offset === 0 || entrySize < 64 || entrySize > 256 || count > SECTIONS_MAX) return []
  const raw: (Omit<Section, 'name'> & { readonly nameAt: number })[] = []
  // Tables of thousands of sections are real; a table is read in pieces because one read is bounded.
  const perRead = Math.floor(65_536 / entrySize)
  for (let first = 0; first < count; first += perRead) {
    const wanted = Math.min(perRead, count - first)
    const table = Buffer.from(source.read(offset + first * entrySize, entrySize * wanted))
    for (let at = 0; at + 64 <= table.length; at += entrySize) {
      raw.push({
        nameAt: table.readUInt32LE(at),
        type: table.readUInt32LE(at + 4),
        address: wide(table, at + 16),
        offset: wide(table, at + 24),
        size: wide(table, at + 32),
        link: table.readUInt32LE(at + 40),
        entrySize: wide(table, at + 56),
      })
    }
  }
  const strings = raw[namesIndex]
  const names = strings === undefined ? Buffer.alloc(0) : Buffer.from(source.read(strings.offset, Math.min(strings.size, NAMES_BYTES_MAX)))
  return raw.map(({ nameAt, type, address, offset: start, size, link, entrySize: entry }) => ({
    name: stringAt(names, nameAt),
    type,
    address,
    offset: start,
    size,
    link,
    entrySize: entry,
  }))
}

/** A NUL-terminated string of at most 255 bytes; empty when `at` is outside. */
export function stringAt(bytes: Buffer, at: number): string {
  if (at >= bytes.length) return ''
  const end = bytes.subarray(at, at + 256).indexOf(0)
  return bytes.toString('latin1', at, at + (end === -1 ? Math.min(255, bytes.length - at) : end))
}

/** The note that linkers write: owner "GNU", type 3. */
function readBuildId(source: ByteSource, segments: readonly Segment[]): string | undefined {
  for (const segment of segments.filter(({ type }) => type === PT_NOTE).slice(0, 8)) {
    const notes = Buffer.from(source.read(segment.offset, Math.min(segment.fileSize, NOTE_BYTES_MAX)))
    for (let at = 0; at + 12 <= notes.length;) {
      const nameSize = notes.readUInt32LE(at)
      const size = notes.readUInt32LE(at + 4)
      const data = at + 12 + align4(nameSize)
      if (nameSize > NOTE_BYTES_MAX || size > NOTE_BYTES_MAX) break
      if (
        notes.readUInt32LE(at + 8) === 3 &&
        notes.toString('latin1', at + 12, at + 16) === 'GNU\0' &&
        size >= 4 &&
        size <= 64 &&
        data + size <= notes.length
      ) {
        return notes.toString('hex', data, data + size)
      }
      at = data + align4(size)
    }
  }
  return undefined
}

function align4(value: number): number {
  return Math.ceil(value / 4) * 4
}
