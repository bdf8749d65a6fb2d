import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDecoder } from './decode.ts'
import { createMerger } from './merge.ts'
import type { KernelRecord } from './record.ts'
import { ARGS_BYTES, EXEC_BYTES, EXIT_BYTES, FORK_BYTES, HEADER_BYTES, OPEN_BYTES, PATH_BYTES, RECORD } from './records.generated.ts'

/** A record as the ring holds it: length, then the record, padded to 8. */
function framed(record: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8 + ((record.length + 7) & ~7))
  bytes.writeUInt32LE(record.length)
  bytes.set(record, 8)
  return bytes
}

interface Head {
  readonly type: number
  readonly pid?: number
  readonly time?: number
  readonly flags?: number
}

function record(
  { type, pid = 7, time = 1_000, flags = 0 }: Head,
  fixed: number,
  ...fill: readonly ((bytes: Buffer) => Uint8Array | void)[]
): Buffer {
  const bytes = Buffer.alloc(fixed)
  bytes.writeUInt16LE(type, 0)
  bytes.writeUInt16LE(flags, 2)
  bytes.writeBigUInt64LE(BigInt(time), 8)
  bytes.writeUInt32LE(pid, 16)
  const tails = fill.map((one) => one(bytes) ?? Buffer.alloc(0))
  return framed(Buffer.concat([bytes, ...tails]))
}

function exec(pid: number, time: number, args: string, environment: string): Buffer {
  return record({ type: RECORD.EXEC, pid, time }, EXEC_BYTES, (bytes) => {
    const data = Buffer.from('sh\0bin\0tmp\0sh\0')
    for (const [at, end] of [
      [32, 7],
      [36, 11],
      [40, 14],
    ] as const)
      bytes.writeUInt32LE(EXEC_BYTES + end, at)
    bytes.writeUInt32LE(Buffer.byteLength(args), EXEC_BYTES - 8)
    bytes.writeUInt32LE(Buffer.byteLength(environment), EXEC_BYTES - 4)
    return data
  })
}

function args(pid: number, time: number, offset: number, text: string): Buffer {
  return record({ type: RECORD.ARGS, pid, time }, ARGS_BYTES, (bytes) => {
    bytes.writeUInt32LE(offset, HEADER_BYTES)
    bytes.writeUInt32LE(Buffer.byteLength(text), HEADER_BYTES + 4)
    return Buffer.from(text)
  })
}

const exit = (pid: number, time: number) => record({ type: RECORD.EXIT, pid, time }, EXIT_BYTES)
const open = (pid: number, time: number) =>
  record({ type: RECORD.OPEN_WRITE, pid, time }, OPEN_BYTES, (bytes) => {
    bytes.writeUInt32LE(OPEN_BYTES + 6, OPEN_BYTES - 8)
    return Buffer.from('b\0a\0\0\0').subarray(0, 6)
  })

const kinds = (records: readonly KernelRecord[]) => records.map(({ type, pid }) => `${type} ${pid}`)

describe('decoding', () => {
  test('an exec and its arguments are one record, though they came in pieces between others', () => {
    const decoder = createDecoder()
    const first = decoder.decode(Buffer.concat([exec(7, 5, 'sh\0-c\0', 'A=1\0B=2\0'), args(7, 5, 0, 'sh\0-c'), exit(8, 6)]))
    const second = decoder.decode(args(7, 5, 5, '\0A=1\0B=2\0'))
    expect(kinds(first)).toEqual(['exit 8'])
    expect(second[0]).toMatchObject({ type: 'exec', exe: '/bin/sh', cwd: '/tmp', filename: 'sh', argv: ['sh', '-c'], argvCut: false })
    expect(second[0]?.type === 'exec' && Buffer.from(second[0].environment).toString()).toBe('A=1\0B=2\0')
  })

  test('an exec whose arguments were lost is told without them, and says so', () => {
    const decoder = createDecoder()
    const records = decoder.decode(Buffer.concat([exec(7, 5, 'sh\0-c\0', 'A=1\0'), args(7, 5, 0, 'sh\0-'), exit(7, 9)]))
    expect(kinds(records)).toEqual(['exec 7', 'exit 7'])
    expect(records[0]).toMatchObject({ argv: ['sh', '-'], argvCut: true, environmentCut: true, argvBytes: 6 })
  })

  test('arguments that nobody asked for are counted, not trusted', () => {
    const decoder = createDecoder()
    decoder.decode(Buffer.concat([exec(7, 5, 'sh\0', ''), args(7, 6, 0, 'sh\0'), args(7, 5, 1, 'h\0'), args(9, 5, 0, 'x')]))
    expect(decoder.undecodable).toBe(3)
    expect(decoder.flush()).toEqual([expect.objectContaining({ argv: [], argvCut: true })])
  })

  test('empty arguments keep their places', () => {
    const decoder = createDecoder()
    const [only] = decoder.decode(Buffer.concat([exec(7, 5, 'a\0\0b\0\0', ''), args(7, 5, 0, 'a\0\0b\0\0')]))
    expect(only).toMatchObject({ argv: ['a', '', 'b', ''] })
  })

  test('discarded records are skipped', () => {
    const decoder = createDecoder()
    const discarded = exit(7, 1)
    discarded.writeUInt32LE(EXIT_BYTES | 0x40000000)
    expect(kinds(decoder.decode(Buffer.concat([discarded, exit(8, 2)])))).toEqual(['exit 8'])
  })

  test('a damaged record costs only itself', () => {
    const decoder = createDecoder()
    const short = framed(Buffer.alloc(4))
    const unknown = record({ type: 99 }, HEADER_BYTES)
    const backwards = record({ type: RECORD.PATH }, PATH_BYTES, (bytes) => {
      bytes.writeUInt32LE(82, 32)
      bytes.fill(0xff, PATH_BYTES - 16)
    })
    expect(kinds(decoder.decode(Buffer.concat([short, unknown, backwards, exit(8, 2)])))).toEqual(['exit 8'])
    expect(decoder.undecodable).toBe(3)
  })

  test('no bytes whatever make it throw or hang, and none vanish uncounted', () => {
    const types = fc.constantFrom(...Object.values(RECORD))
    const noisy = fc
      .tuple(types, fc.uint8Array({ minLength: FORK_BYTES - 2, maxLength: 400 }))
      .map(([type, noise]) => framed(Buffer.concat([Buffer.from([type, 0]), noise])))
    const buffers = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(noisy, { maxLength: 8 }).map((pieces) => Buffer.concat(pieces)),
    )
    fc.assert(
      fc.property(fc.array(buffers, { maxLength: 4 }), (batches) => {
        const decoder = createDecoder()
        for (const bytes of batches) decoder.decode(bytes)
        decoder.flush()
        decoder.wipe()
      }),
      { numRuns: 2_000 },
    )
    fc.assert(
      fc.property(fc.array(noisy, { maxLength: 8 }), (pieces) => {
        const decoder = createDecoder()
        const told = decoder.decode(Buffer.concat(pieces)).length + decoder.flush().length
        expect(told + decoder.undecodable).toBeLessThanOrEqual(pieces.length)
        // Only pieces of arguments may be neither: they are part of an exec that is told.
        expect(told + decoder.undecodable).toBeGreaterThanOrEqual(pieces.filter((piece) => piece[8] !== RECORD.ARGS).length)
      }),
    )
  })

  test('truncating real records anywhere never throws', () => {
    const whole = Buffer.concat([exec(7, 5, 'sh\0-c\0', 'A=1\0'), args(7, 5, 0, 'sh\0-c\0A=1\0'), open(7, 6), exit(7, 9)])
    for (let length = 0; length <= whole.length; length++) {
      const decoder = createDecoder()
      decoder.decode(whole.subarray(0, length))
      decoder.flush()
    }
  })
})

describe('merging two rings', () => {
  test('a file written before the exit is told before it, though its ring was drained first', () => {
    const merger = createMerger()
    const first = merger.push([Buffer.concat([exec(7, 10, '', ''), exit(7, 40)])], [open(7, 20)], 35)
    const second = merger.push([], [open(7, 36)], 100)
    expect([...first, ...second].map(({ type, time }) => [type, time])).toEqual([
      ['exec', 10],
      ['open', 20],
      ['open', 36],
      ['exit', 40],
    ])
  })

  test('what is held back survives the buffer it came in', () => {
    const merger = createMerger()
    const buffer = Buffer.concat([exit(7, 10), exit(8, 50)])
    expect(kinds(merger.push([buffer], [], 20))).toEqual(['exit 7'])
    merger.wipe()
    buffer.fill(0)
    expect(kinds(merger.push([], [], 60))).toEqual(['exit 8'])
  })

  test('without a watermark nothing is held back', () => {
    const merger = createMerger()
    expect(kinds(merger.push([exit(7, 10), exit(8, 50)], [open(9, 30)], undefined))).toEqual(['exit 7', 'open 9', 'exit 8'])
    expect(merger.flush()).toEqual([])
  })
})
