import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readBtf } from './btf.ts'
import { decoderSource, GENERATED, OBJECT } from './generate-decoder.ts'
import { ROOT } from './root.ts'

const object = readFileSync(path.join(ROOT, OBJECT))

describe('the generated decoder', () => {
  test('is what the committed object gives', () => {
    expect(readFileSync(path.join(ROOT, GENERATED), 'utf8')).toBe(decoderSource(object))
  })

  test('changes when a struct changes', () => {
    // The offset of a member of record_exit, moved by 8 bytes inside the type information.
    const changed = Buffer.from(object)
    const { structs } = readBtf(object)
    const exit = structs.get('record_exit')
    expect(exit?.kind === 'struct' && exit.fields.map(({ name, offset }) => [name, offset])).toEqual([
      ['header', 0],
      ['code', 32],
      ['pad', 36],
    ])
    changed.writeUInt32LE(40 * 8, memberOffsetAt(changed, [0, 256, 288]) + 24)
    expect(decoderSource(changed)).not.toBe(decoderSource(object))
  })

  test('an object without type information is refused with the reason', () => {
    expect(() => readBtf(Buffer.from('not an object'))).toThrow('not a 64-bit little-endian ELF file')
    const nameless = Buffer.from(object)
    nameless.writeUInt16LE(0, 60)
    expect(() => readBtf(nameless)).toThrow('no .BTF section')
  })
})

/** Where three members follow each other whose offsets in bits are these. */
function memberOffsetAt(bytes: Buffer, offsets: readonly number[]): number {
  for (let at = 0; at + 36 <= bytes.length; at += 4) {
    if (offsets.every((offset, index) => bytes.readUInt32LE(at + 8 + index * 12) === offset)) return at + 8
  }
  throw new Error('no such members')
}
