/*
 * Generates the readers of kernel records from the BTF of the prebuilt object, so that C and TypeScript cannot disagree about a
 * layout: `npm run generate`, and a test that generates again and compares.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type BtfField, type BtfShape, readBtf } from './btf.ts'
import { ROOT } from './root.ts'

export const OBJECT = 'apps/agent/prebuilds/sensor.bpf.o'
export const GENERATED = 'apps/agent/src/sensor/records.generated.ts'

/** 64-bit fields that are names, not quantities: given as decimal text. All others become numbers, exact up to 2^53. */
const EXACT: ReadonlySet<string> = new Set(['inode', 'socket', 'connection'])

/** BigInt only where it must be: it costs more than the rest of a record. */
const DECIMAL = [
  'function decimal(view: DataView, at: number): string {',
  '  const high = view.getUint32(at + 4, true)',
  '  return high < 0x200000 ? String(high * 4_294_967_296 + view.getUint32(at, true)) : view.getBigUint64(at, true).toString()',
  '}',
  '',
]

export async function generateDecoder(): Promise<ReadonlyMap<string, string>> {
  return new Map([[GENERATED, decoderSource(readFileSync(path.join(ROOT, OBJECT)))]])
}

/** The text of the generated file for an object. */
export function decoderSource(object: Uint8Array): string {
  const { structs, enums } = readBtf(object)
  const records = [...structs.values()].filter((shape) => shape.kind === 'struct' && shape.name.startsWith('record_'))
  if (records.length === 0) throw new Error('the object has no record structs')
  return [
    '/* Generated from the type information of the kernel object by tools/generate-decoder.ts. Do not edit: npm run generate. */',
    '',
    ...constants('RECORD', 'RECORD_', enums.get('record_type')),
    ...constants('FLAG', 'FLAG_', enums.get('record_flag')),
    ...DECIMAL,
    ...records.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).flatMap(reader),
  ].join('\n')
}

function constants(name: string, prefix: string, values: ReadonlyMap<string, number> | undefined): string[] {
  if (values === undefined) throw new Error(`the object has no enum for ${name}`)
  return [`export const ${name} = {`, ...[...values].map(([key, value]) => `  ${key.slice(prefix.length)}: ${value},`), '} as const', '']
}

function nameOf(shape: BtfShape): string {
  return shape.kind === 'struct' ? shape.name : ''
}

/** An interface, the size of the fixed part, and a function that reads it. */
function reader(shape: BtfShape): string[] {
  if (shape.kind !== 'struct') return []
  const name = pascal(shape.name.slice('record_'.length))
  const fields = shape.fields.filter(({ name: field, type }) => type.kind !== 'struct' && !field.startsWith('pad')).map(readerOf)
  const fixed = Math.min(shape.bytes, ...shape.fields.filter(({ name: field }) => field === 'data').map(({ offset }) => offset))
  return [
    `export interface Raw${name} {`,
    ...fields.map(({ field, type }) => `  readonly ${field}: ${type}`),
    '}',
    '',
    `/** Bytes of the fixed part of \`struct ${shape.name}\`. */`,
    `export const ${constant(shape.name.slice('record_'.length))}_BYTES = ${fixed}`,
    '',
    `export function read${name}(view: DataView, at: number): Raw${name} {`,
    '  return {',
    ...fields.map(({ field, value }) => `    ${field}: ${value},`),
    '  }',
    '}',
    '',
  ]
}

/** Arrays of bytes and text give their position in the view; what is in them is the decoder's business. */
function readerOf({ name, offset, type }: BtfField): { field: string; type: string; value: string } {
  const field = camel(name)
  if (type.kind === 'int') return { field, ...scalar(name, offset, type) }
  if (type.kind !== 'array') throw new Error(`field ${name} has a shape the generator does not know`)
  if (type.of.kind === 'int' && type.of.bytes > 1) {
    const { of } = type
    const items = Array.from({ length: type.count }, (_, index) => scalar(name, offset + index * of.bytes, of))
    return {
      field,
      type: `readonly [${items.map((item) => item.type).join(', ')}]`,
      value: `[${items.map((item) => item.value).join(', ')}]`,
    }
  }
  return { field: `${field}At`, type: 'number', value: `at + ${offset}` }
}

function scalar(name: string, offset: number, { bytes, signed }: { bytes: number; signed: boolean }): { type: string; value: string } {
  const sign = signed ? 'Int' : 'Uint'
  if (bytes === 1) return { type: 'number', value: `view.get${sign}8(at + ${offset})` }
  if (bytes < 8) return { type: 'number', value: `view.get${sign}${bytes * 8}(at + ${offset}, true)` }
  if (EXACT.has(name)) return { type: 'string', value: `decimal(view, at + ${offset})` }
  return { type: 'number', value: `view.getUint32(at + ${offset}, true) + view.get${sign}32(at + ${offset + 4}, true) * 4_294_967_296` }
}

const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
const pascal = (name: string) => camel(`_${name}`)
const constant = (name: string) => name.toUpperCase()
