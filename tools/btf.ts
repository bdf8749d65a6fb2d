/*
 * Reads the type information (BTF) that clang puts into a BPF object: enough of it to know every struct's layout as the compiler
 * decided it. The format is the kernel's Documentation/bpf/btf.rst.
 */

export interface BtfField {
  readonly name: string
  /** Bytes from the start of the struct. */
  readonly offset: number
  readonly type: BtfShape
}

export type BtfShape =
  | { readonly kind: 'int'; readonly bytes: number; readonly signed: boolean }
  | { readonly kind: 'array'; readonly count: number; readonly of: BtfShape }
  | { readonly kind: 'struct'; readonly name: string; readonly bytes: number; readonly fields: readonly BtfField[] }
  | { readonly kind: 'enum'; readonly name: string; readonly values: ReadonlyMap<string, number> }
  | { readonly kind: 'other' }

const KIND = { int: 1, pointer: 2, array: 3, struct: 4, union: 5, enum: 6, forward: 7, typedef: 8, volatile: 9, const: 10, restrict: 11 }
const REFERENCES: ReadonlySet<number> = new Set([KIND.typedef, KIND.volatile, KIND.const, KIND.restrict])
/** Bytes that follow a type's 12-byte head, by kind; those not named have none. `n` is the number of members. */
const TRAILERS: Readonly<Record<number, (n: number) => number>> = {
  1: () => 4,
  3: () => 12,
  4: (n) => n * 12,
  5: (n) => n * 12,
  6: (n) => n * 8,
  13: (n) => n * 8, // function prototype
  14: () => 4, // variable
  15: (n) => n * 12, // data section
  17: () => 4, // declaration tag
  19: (n) => n * 12, // 64-bit enum
}

interface RawType {
  readonly at: number
  readonly name: string
  readonly kind: number
  readonly members: number
  /** Bytes of the type, or the id it refers to. */
  readonly sizeOrType: number
  readonly flag: boolean
}

/**
 * Every struct and enum of an object, by name.
 *
 * @param object An ELF file, 64-bit little endian, as clang makes for `-target bpf`.
 * @throws {Error} When it is not one, has no BTF, or has a kind of type this reader does not know.
 */
export function readBtf(object: Uint8Array): {
  structs: ReadonlyMap<string, BtfShape>
  enums: ReadonlyMap<string, ReadonlyMap<string, number>>
} {
  const section = elfSection(object, '.BTF')
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength)
  if (view.getUint16(0, true) !== 0xeb9f) throw new Error('the .BTF section does not begin with the BTF magic')
  const head = view.getUint32(4, true)
  const types = parseTypes(
    view,
    head + view.getUint32(8, true),
    view.getUint32(12, true),
    text(section.subarray(head + view.getUint32(16, true), head + view.getUint32(16, true) + view.getUint32(20, true))),
  )
  const structs = new Map<string, BtfShape>()
  const enums = new Map<string, ReadonlyMap<string, number>>()
  for (let id = 1; id < types.length; id++) {
    const shape = shapeOf(view, types, id, 0)
    if (shape.kind === 'struct' && shape.name !== '') structs.set(shape.name, shape)
    if (shape.kind === 'enum' && shape.name !== '') enums.set(shape.name, shape.values)
  }
  return { structs, enums }
}

type StringTable = (offset: number) => string

function text(strings: Uint8Array): StringTable {
  return (offset) => Buffer.from(strings.subarray(offset, strings.indexOf(0, offset))).toString('latin1')
}

interface Types {
  readonly length: number
  readonly get: (id: number) => RawType
  readonly string: StringTable
}

function parseTypes(view: DataView, from: number, length: number, string: StringTable): Types {
  const raw: RawType[] = [{ at: 0, name: 'void', kind: 0, members: 0, sizeOrType: 0, flag: false }]
  for (let at = from; at < from + length;) {
    const info = view.getUint32(at + 4, true)
    const kind = (info >>> 24) & 0x1f
    const members = info & 0xffff
    if (kind === 0 || kind > 19) throw new Error(`BTF kind ${kind} is not known`)
    raw.push({
      at,
      name: string(view.getUint32(at, true)),
      kind,
      members,
      sizeOrType: view.getUint32(at + 8, true),
      flag: info >>> 31 === 1,
    })
    at += 12 + (TRAILERS[kind]?.(members) ?? 0)
  }
  return {
    length: raw.length,
    string,
    get(id) {
      const type = raw[id]
      if (type === undefined) throw new Error(`BTF type ${id} does not exist`)
      return type
    },
  }
}

/** Deep enough for arrays of arrays and structs in structs; pointers are not followed, so nothing is circular. */
const DEPTH_MAX = 16

function shapeOf(view: DataView, types: Types, id: number, depth: number): BtfShape {
  if (depth > DEPTH_MAX) throw new Error(`BTF type ${id} is nested too deeply`)
  const type = types.get(id)
  if (REFERENCES.has(type.kind)) return shapeOf(view, types, type.sizeOrType, depth + 1)
  const body = type.at + 12
  switch (type.kind) {
    case KIND.int:
      return { kind: 'int', bytes: type.sizeOrType, signed: (view.getUint32(body, true) & 0x01000000) !== 0 }
    case KIND.array:
      return { kind: 'array', of: shapeOf(view, types, view.getUint32(body, true), depth + 1), count: view.getUint32(body + 8, true) }
    case KIND.enum: {
      const values = Array.from({ length: type.members }, (_, index): [string, number] => [
        types.string(view.getUint32(body + index * 8, true)),
        view.getInt32(body + index * 8 + 4, true),
      ])
      return { kind: 'enum', name: type.name, values: new Map(values) }
    }
    case KIND.struct:
      return { kind: 'struct', name: type.name, bytes: type.sizeOrType, fields: fieldsOf(view, types, type, depth) }
    default:
      return { kind: 'other' }
  }
}

function fieldsOf(view: DataView, types: Types, type: RawType, depth: number): BtfField[] {
  return Array.from({ length: type.members }, (_, index) => {
    const at = type.at + 12 + index * 12
    const offset = view.getUint32(at + 8, true)
    return {
      name: types.string(view.getUint32(at, true)),
      // With the flag set the upper byte is the size of a bit field; the sensor has none.
      offset: (type.flag ? offset & 0xffffff : offset) / 8,
      type: shapeOf(view, types, view.getUint32(at + 4, true), depth + 1),
    }
  })
}

function elfSection(object: Uint8Array, wanted: string): Uint8Array {
  const view = new DataView(object.buffer, object.byteOffset, object.byteLength)
  if (object.length < 64 || view.getUint32(0, false) !== 0x7f454c46 || object[4] !== 2 || object[5] !== 1) {
    throw new Error('not a 64-bit little-endian ELF file')
  }
  const table = Number(view.getBigUint64(40, true))
  const size = view.getUint16(58, true)
  const section = (index: number) => ({
    name: view.getUint32(table + index * size, true),
    from: Number(view.getBigUint64(table + index * size + 24, true)),
    length: Number(view.getBigUint64(table + index * size + 32, true)),
  })
  const strings = section(view.getUint16(62, true))
  const name = text(object.subarray(strings.from, strings.from + strings.length))
  for (let index = 0; index < view.getUint16(60, true); index++) {
    const found = section(index)
    if (name(found.name) === wanted) return object.subarray(found.from, found.from + found.length)
  }
  throw new Error(`the object has no ${wanted} section`)
}
