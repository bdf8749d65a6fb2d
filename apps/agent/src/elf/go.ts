/*
 * Functions of Go programs, stripped ones too: the runtime needs its table of functions (`.gopclntab`) to unwind stacks, so `strip`
 * leaves it. Layout: Go's source, src/internal/abi/symtab.go and src/runtime/symtab.go, the same since Go 1.16 but for the width of entries.
 */
import { fileOffset, wide, type Elf } from './elf.ts'
import { CHUNK_BYTES } from './file.ts'
import { dataSegments, sectionNamed, type FoundFunction } from './symbols.ts'

export interface GoProgram {
  /** As the linker wrote it, such as `go1.26.8`; undefined when it was removed. */
  readonly version?: string
  /** Whether arguments are passed in registers: since Go 1.17 on x86-64 and 1.18 elsewhere. False also when it cannot be told. */
  readonly registers: boolean
  readonly functions: readonly FoundFunction[]
}

interface Table {
  /** Offset in the file and virtual address of the header. */
  readonly offset: number
  readonly address: number
  /** Entries are 32-bit offsets from the start of the text (Go 1.18) or whole addresses (Go 1.16). */
  readonly narrow: boolean
  readonly functions: number
  readonly textStart: number
  readonly namesAt: number
  readonly entriesAt: number
}

const MAGICS: ReadonlyMap<number, { readonly narrow: boolean }> = new Map([
  [0xffff_fffa, { narrow: false }], // Go 1.16
  [0xffff_fff0, { narrow: true }], // Go 1.18
  [0xffff_fff1, { narrow: true }], // Go 1.20 to now
])
const FUNCTIONS_MAX = 2_000_000

/** Finds functions of a Go program by their full names, such as `crypto/tls.(*Conn).Write`. Null when it is no Go program. */
export function findGoFunctions(elf: Elf, names: readonly string[]): GoProgram | null {
  const table = findTable(elf)
  if (table === null) return null
  const version = goVersion(elf)
  const entry = entryNames(elf)
  const places = findPlaces(elf, table, [...names, ...entry])
  const text = textStart(
    elf,
    table,
    entry.map((name) => places.get(name)).find((place) => place !== undefined),
  )
  const functions: FoundFunction[] = []
  for (const name of names) {
    const place = places.get(name)
    const address = place === undefined || text === undefined ? undefined : text + place.start
    const offset = address === undefined ? undefined : fileOffset(elf, address, true)
    if (place !== undefined && offset !== undefined) functions.push({ name, offset, size: place.size })
  }
  const registers = table.narrow || (elf.machine === 'x86-64' && /^go1\.17(?:\D|$)/.test(version ?? ''))
  return { ...(version === undefined ? {} : { version }), registers, functions }
}

function findTable(elf: Elf): Table | null {
  for (const name of ['.gopclntab', '.data.rel.ro.gopclntab']) {
    const section = sectionNamed(elf, name)
    const table = section === undefined ? null : readTable(elf, section.offset, section.address)
    if (table !== null) return table
  }
  // The C linker may merge the table into another section (Go 1.19, position independent); other programs are not searched.
  const mayBeGo = elf.sections.length === 0 || elf.sections.some(({ name }) => name === '.go.buildinfo' || name === '.note.go.buildid')
  return mayBeGo ? searchTable(elf) : null
}

/** No section says where: look for the magic number at every 16th byte, to which the linker aligns it. */
function searchTable(elf: Elf): Table | null {
  for (const segment of dataSegments(elf)) {
    const bound = Math.min(segment.fileSize, elf.source.size)
    for (let start = 0; start < bound; start += CHUNK_BYTES) {
      const chunk = Buffer.from(elf.source.read(segment.offset + start, Math.min(CHUNK_BYTES, bound - start)))
      for (let at = 0; at + 8 <= chunk.length; at += 16) {
        if (!MAGICS.has(chunk.readUInt32LE(at))) continue
        const table = readTable(elf, segment.offset + start + at, segment.address + start + at)
        if (table !== null) return table
      }
    }
  }
  return null
}

function readTable(elf: Elf, offset: number, address: number): Table | null {
  const header = Buffer.from(elf.source.read(offset, 72))
  if (header.length < 72) return null
  const form = MAGICS.get(header.readUInt32LE(0))
  const quantum = header[6] ?? 0
  if (form === undefined || header.readUInt16LE(4) !== 0 || ![1, 2, 4].includes(quantum) || header[7] !== 8) return null
  const functions = wide(header, 8)
  if (functions === 0 || functions > FUNCTIONS_MAX) return null
  // Go 1.18 put the start of the text before the offsets, moving them by one word.
  const shift = form.narrow ? 8 : 0
  const namesAt = wide(header, 24 + shift)
  const entriesAt = wide(header, 56 + shift)
  if (namesAt >= elf.source.size || entriesAt >= elf.source.size) return null
  return { offset, address, narrow: form.narrow, functions, textStart: form.narrow ? wide(header, 24) : 0, namesAt, entriesAt }
}

interface Place {
  /** From the start of the text, or the address itself before Go 1.18. */
  readonly start: number
  readonly size: number
}

/** Walks the entries: each names its function by an offset into the names, which were searched before. */
function findPlaces(elf: Elf, table: Table, names: readonly string[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const wanted = findNames(elf, table, names)
  if (wanted.size === 0) return places
  const width = table.narrow ? 4 : 8
  const base = table.offset + table.entriesAt
  const stride = width * 2
  const read = (bytes: Buffer, at: number) => (table.narrow ? bytes.readUInt32LE(at) : wide(bytes, at))
  const perChunk = 4_096
  let details = Buffer.alloc(0)
  let detailsAt = 0
  for (let first = 0; first < table.functions && places.size < names.length; first += perChunk) {
    const count = Math.min(perChunk, table.functions - first)
    // One entry more: the start of the next function ends this one.
    const entries = Buffer.from(elf.source.read(base + first * stride, count * stride + width))
    for (let at = 0; at + stride + width <= entries.length; at += stride) {
      const start = read(entries, at)
      const detail = base + read(entries, at + width) + width
      // Descriptions stand in the order of the entries, so a window that moves forward serves nearly all.
      if (detail < detailsAt || detail + 4 > detailsAt + details.length) {
        details = Buffer.from(elf.source.read(detail, 65_536))
        detailsAt = detail
      }
      if (detail + 4 > detailsAt + details.length) return places
      const name = wanted.get(details.readUInt32LE(detail - detailsAt))
      if (name !== undefined && !places.has(name)) places.set(name, { start, size: Math.max(0, read(entries, at + stride) - start) })
    }
    if (entries.length < count * stride) break
  }
  return places
}

function findNames(elf: Elf, table: Table, names: readonly string[]): ReadonlyMap<number, string> {
  const wanted = new Map<number, string>()
  // The name before it ends in NUL: unlike in ELF, tails are not shared.
  const needles = names.map((name) => ({ name, bytes: Buffer.from(`\0${name}\0`, 'latin1') }))
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1
  const start = table.offset + table.namesAt
  const bound = Math.min(table.entriesAt > table.namesAt ? table.entriesAt - table.namesAt : 0, elf.source.size)
  for (let at = 0; at < bound && wanted.size < names.length; at += CHUNK_BYTES - overlap) {
    const bytes = elf.source.read(start + at, Math.min(CHUNK_BYTES, bound - at))
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (const { name, bytes: needle } of needles) {
      const found = chunk.indexOf(needle)
      if (found !== -1) wanted.set(at + found + 1, name)
    }
    if (bytes.length < CHUNK_BYTES) break
  }
  return wanted
}

/** Names the function at the ELF entry can have when Go's own linker made the program. */
function entryNames(elf: Elf): readonly string[] {
  const arch = elf.machine === 'aarch64' ? 'arm64' : 'amd64'
  return [`_rt0_${arch}_linux`]
}

/**
 * The address that entries count from. Up to Go 1.25 the header says it, unless the program is position independent; since then the
 * runtime's module data alone does. Undefined rather than a guess when none of the witnesses is there.
 */
function textStart(elf: Elf, table: Table, entry: Place | undefined): number | undefined {
  if (!table.narrow) return 0
  if (table.textStart !== 0 && fileOffset(elf, table.textStart, true) !== undefined) return table.textStart
  if (entry !== undefined && elf.entry > entry.start && fileOffset(elf, elf.entry - entry.start, true) !== undefined)
    return elf.entry - entry.start
  return textOfModule(elf, table)
}

/** Offset of `text` in the runtime's `moduledata`, whose first word points to the table. */
const MODULE_TEXT = 176

/** Finds the module data by its pointer to the table: in the data itself, or in the relocations that will put it there. */
function textOfModule(elf: Elf, table: Table): number | undefined {
  const relocations = elf.sections.find(({ name }) => name === '.rela.dyn')
  if (elf.relocatable && relocations !== undefined) {
    const module = relocation(elf, relocations, (_, addend) => addend === table.address)
    const text = module === undefined ? undefined : relocation(elf, relocations, (place) => place === module.place + MODULE_TEXT)
    return text?.addend
  }
  const pointer = Buffer.alloc(8)
  pointer.writeBigUInt64LE(BigInt(table.address))
  for (const segment of dataSegments(elf)) {
    for (let start = 0; start < Math.min(segment.fileSize, elf.source.size); start += CHUNK_BYTES - 256) {
      const chunk = Buffer.from(elf.source.read(segment.offset + start, Math.min(CHUNK_BYTES, segment.fileSize - start)))
      for (let at = chunk.indexOf(pointer); at !== -1; at = chunk.indexOf(pointer, at + 8)) {
        if (at % 8 !== 0 || at + MODULE_TEXT + 8 > chunk.length) continue
        const text = wide(chunk, at + MODULE_TEXT)
        if (text !== 0 && fileOffset(elf, text, true) !== undefined) return text
      }
    }
  }
  return undefined
}

function relocation(
  elf: Elf,
  section: { readonly offset: number; readonly size: number },
  matches: (place: number, addend: number) => boolean,
): { readonly place: number; readonly addend: number } | undefined {
  const step = Math.floor(CHUNK_BYTES / 24) * 24
  for (let start = 0; start < Math.min(section.size, elf.source.size); start += step) {
    const chunk = Buffer.from(elf.source.read(section.offset + start, Math.min(step, section.size - start)))
    for (let at = 0; at + 24 <= chunk.length; at += 24) {
      const [place, addend] = [wide(chunk, at), wide(chunk, at + 16)]
      if (matches(place, addend)) return { place, addend }
    }
  }
  return undefined
}

/** From `.go.buildinfo` (Go's src/debug/buildinfo): a counted string since Go 1.18, before that a pointer to a Go string. */
function goVersion(elf: Elf): string | undefined {
  const section = sectionNamed(elf, '.go.buildinfo')
  if (section === undefined) return undefined
  const bytes = Buffer.from(elf.source.read(section.offset, 128))
  if (bytes.length < 34 || bytes.toString('latin1', 0, 14) !== '\xff Go buildinf:') return undefined
  const isInline = ((bytes[15] ?? 0) & 2) !== 0
  const length = bytes[32] ?? 0
  const version = isInline ? (length < 64 ? bytes.toString('latin1', 33, 33 + length) : '') : goString(elf, wide(bytes, 16))
  return /^(?:go|devel)[\w.+ :-]*$/.test(version) ? version : undefined
}

/** The Go string (pointer and length) at an address; empty when it is not there or too long for a version. */
function goString(elf: Elf, address: number): string {
  const header = fileOffset(elf, address)
  const words = header === undefined ? Buffer.alloc(0) : Buffer.from(elf.source.read(header, 16))
  if (words.length < 16) return ''
  const text = fileOffset(elf, wide(words, 0))
  const length = wide(words, 8)
  return text === undefined || length >= 64 ? '' : Buffer.from(elf.source.read(text, length)).toString('latin1')
}
