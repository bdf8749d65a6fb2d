/*
 * Functions by name. The strings are searched for the names first and the symbols for those strings after, both in pieces, so that a
 * program with a million symbols costs two passes and no memory.
 */
import { fileOffset, PF_X, PT_DYNAMIC, PT_LOAD, stringAt, wide, type Elf, type Section } from './elf.ts'
import { CHUNK_BYTES } from './file.ts'

export interface FoundFunction {
  readonly name: string
  /** Offset in the file, where a uprobe goes. */
  readonly offset: number
  readonly size: number
  /** Symbol version, such as `OPENSSL_3.0.0`, when the symbol has one. */
  readonly version?: string
}

const SHT_SYMTAB = 2
const SHT_DYNSYM = 11
const SYMBOL_BYTES = 24
const TYPE_FUNCTION = 2
/** No program has larger tables; a claim beyond it is cut. */
const SYMBOLS_BYTES_MAX = 512 * 1_048_576
const FOUND_MAX = 64

interface Numbered extends FoundFunction {
  /** Place in its symbol table, by which its version is found. */
  readonly index: number
}

interface SymbolTable {
  readonly offset: number
  readonly size: number
  readonly stringsOffset: number
  readonly stringsSize: number
  /** Index of the table's section, to find its version table; -1 without sections. */
  readonly index: number
}

/**
 * Finds functions by exact name: in the dynamic table, and only when it has none of them in the full one, which is twenty times as large
 * in node. A name may be found several times, once for each version of it.
 */
export function findFunctions(elf: Elf, names: readonly string[]): readonly FoundFunction[] {
  for (const table of tablesOf(elf)) {
    const found = findIn(elf, table, names)
    if (found.length > 0) return found
  }
  return []
}

function tablesOf(elf: Elf): readonly SymbolTable[] {
  const sections = [SHT_DYNSYM, SHT_SYMTAB].flatMap((type) =>
    elf.sections.flatMap((section, index) => {
      const strings = elf.sections[section.link]
      if (section.type !== type || section.entrySize !== SYMBOL_BYTES || strings === undefined) return []
      return [{ offset: section.offset, size: section.size, stringsOffset: strings.offset, stringsSize: strings.size, index }]
    }),
  )
  if (sections.some(({ index }) => elf.sections[index]?.type === SHT_DYNSYM)) return sections
  const dynamic = dynamicTable(elf)
  return dynamic === undefined ? sections : [dynamic, ...sections]
}

function findIn(elf: Elf, table: SymbolTable, names: readonly string[]): readonly FoundFunction[] {
  const wanted = findStrings(elf, table, names)
  if (wanted.size === 0) return []
  const found: Numbered[] = []
  const seen = new Set<string>()
  const bound = Math.min(table.size, SYMBOLS_BYTES_MAX, elf.source.size)
  const step = Math.floor(CHUNK_BYTES / SYMBOL_BYTES) * SYMBOL_BYTES
  for (let start = 0; start < bound; start += step) {
    const bytes = elf.source.read(table.offset + start, Math.min(step, bound - start))
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; at + SYMBOL_BYTES <= chunk.length; at += SYMBOL_BYTES) {
      const name = wanted.get(chunk.readUInt32LE(at))
      if (name === undefined || ((chunk[at + 4] ?? 0) & 0x0f) !== TYPE_FUNCTION || chunk.readUInt16LE(at + 6) === 0) continue
      const offset = fileOffset(elf, wide(chunk, at + 8), true)
      if (offset === undefined || seen.has(`${name}:${offset}`) || found.length >= FOUND_MAX) continue
      seen.add(`${name}:${offset}`)
      found.push({ name, offset, size: wide(chunk, at + 16), index: (start + at) / SYMBOL_BYTES })
    }
    if (bytes.length < step) break
  }
  return withVersions(elf, table, found)
}

/** Where the names begin in the string table. Linkers share tails, so a name may be the end of a longer one. */
function findStrings(elf: Elf, table: SymbolTable, names: readonly string[]): ReadonlyMap<number, string> {
  const wanted = new Map<number, string>()
  const needles = names.map((name) => ({ name, bytes: Buffer.from(`${name}\0`, 'latin1') }))
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1
  const bound = Math.min(table.stringsSize, SYMBOLS_BYTES_MAX, elf.source.size)
  for (let start = 0; start < bound; start += CHUNK_BYTES - overlap) {
    const bytes = elf.source.read(table.stringsOffset + start, Math.min(CHUNK_BYTES, bound - start))
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (const { name, bytes: needle } of needles) {
      for (let at = chunk.indexOf(needle); at !== -1 && wanted.size < 4_096; at = chunk.indexOf(needle, at + 1))
        wanted.set(start + at, name)
    }
    if (bytes.length < CHUNK_BYTES) break
  }
  return wanted
}

const SHT_GNU_VERDEF = 0x6fff_fffd
const SHT_GNU_VERSYM = 0x6fff_ffff

/** Adds versions where the file has them; a file whose version sections are nonsense loses its versions only. */
function withVersions(elf: Elf, table: SymbolTable, found: readonly Numbered[]): readonly FoundFunction[] {
  const versym = elf.sections.find(({ type, link }) => type === SHT_GNU_VERSYM && link === table.index)
  const definitions = versym === undefined ? new Map<number, string>() : versionNames(elf)
  return found.map(({ index, ...rest }) => {
    if (versym === undefined || index * 2 >= versym.size) return rest
    const entry = Buffer.from(elf.source.read(versym.offset + index * 2, 2))
    const version = entry.length < 2 ? undefined : definitions.get(entry.readUInt16LE(0) & 0x7fff)
    return version === undefined ? rest : { ...rest, version }
  })
}

function versionNames(elf: Elf): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  const section = elf.sections.find(({ type }) => type === SHT_GNU_VERDEF)
  const strings = section === undefined ? undefined : elf.sections[section.link]
  if (section === undefined || strings === undefined) return names
  const bytes = Buffer.from(elf.source.read(section.offset, Math.min(section.size, 65_536)))
  const text = Buffer.from(elf.source.read(strings.offset, Math.min(strings.size, CHUNK_BYTES)))
  // Versions are at the end of the strings in large libraries; what one read does not reach has no version.
  for (let at = 0, left = 256; left > 0 && at + 20 <= bytes.length; left -= 1) {
    const aux = at + bytes.readUInt32LE(at + 12)
    if (aux + 8 > bytes.length) break
    const nameAt = bytes.readUInt32LE(aux)
    const name = nameAt < text.length ? stringAt(text, nameAt) : stringAt(Buffer.from(elf.source.read(strings.offset + nameAt, 256)), 0)
    if (nameAt < strings.size && name !== '') names.set(bytes.readUInt16LE(at + 4), name)
    const next = bytes.readUInt32LE(at + 16)
    if (next === 0) break
    at += next
  }
  return names
}

const DT_NULL = 0
const DT_STRTAB = 5
const DT_SYMTAB = 6
const DT_STRSZ = 10
const DT_GNU_HASH = 0x6fff_fef5

/** The dynamic table of a file whose section headers were removed: from the program headers, which it cannot run without. */
function dynamicTable(elf: Elf): SymbolTable | undefined {
  const segment = elf.segments.find(({ type }) => type === PT_DYNAMIC)
  if (segment === undefined) return undefined
  const bytes = Buffer.from(elf.source.read(segment.offset, Math.min(segment.fileSize, 16_384)))
  const values = new Map<number, number>()
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const tag = wide(bytes, at)
    if (tag === DT_NULL) break
    if (!values.has(tag)) values.set(tag, wide(bytes, at + 8))
  }
  const offsetOf = (tag: number) => {
    const address = values.get(tag)
    return address === undefined ? undefined : fileOffset(elf, address)
  }
  const [symbols, strings, size] = [offsetOf(DT_SYMTAB), offsetOf(DT_STRTAB), values.get(DT_STRSZ)]
  if (symbols === undefined || strings === undefined || size === undefined) return undefined
  const hash = offsetOf(DT_GNU_HASH)
  const count = hash === undefined ? undefined : countOf(elf, hash)
  // Without a hash table the strings usually follow the symbols; a symbol read too many has a name that was not asked for.
  const bound = count === undefined ? Math.max(0, strings - symbols) : count * SYMBOL_BYTES
  return { offset: symbols, size: bound, stringsOffset: strings, stringsSize: size, index: -1 }
}

/** Number of symbols, from the GNU hash table: the end of the last chain. */
function countOf(elf: Elf, offset: number): number | undefined {
  const header = Buffer.from(elf.source.read(offset, 16))
  if (header.length < 16) return undefined
  const [buckets, first, bloom] = [header.readUInt32LE(0), header.readUInt32LE(4), header.readUInt32LE(8)]
  if (buckets === 0 || buckets > 1_000_000 || bloom > 1_000_000) return undefined
  const bucketsAt = offset + 16 + bloom * 8
  let last = 0
  for (let start = 0; start < buckets * 4; start += CHUNK_BYTES) {
    const bytes = Buffer.from(elf.source.read(bucketsAt + start, Math.min(CHUNK_BYTES, buckets * 4 - start)))
    for (let at = 0; at + 4 <= bytes.length; at += 4) last = Math.max(last, bytes.readUInt32LE(at))
  }
  if (last < first) return first
  const chains = bucketsAt + buckets * 4
  for (let index = last; index < last + 100_000; index += 1) {
    const word = Buffer.from(elf.source.read(chains + (index - first) * 4, 4))
    if (word.length < 4) return undefined
    if ((word.readUInt32LE(0) & 1) === 1) return index + 1
  }
  return undefined
}

/** A section by name, or undefined. */
export function sectionNamed(elf: Elf, name: string): Section | undefined {
  return elf.sections.find((section) => section.name === name)
}

/** Loaded segments that hold no code: where tables are when the sections that name them were removed. */
export function dataSegments(elf: Elf) {
  return elf.segments.filter(({ type, flags }) => type === PT_LOAD && (flags & PF_X) === 0)
}
