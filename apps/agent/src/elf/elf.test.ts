/*
 * How: the libraries and programs of this machine, checked against `nm` and Go's own symbol table (read before stripping), in every form
 * a Go program is linked in; and files that lie.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bytesSource,
  createProbeFinder,
  findFunctions,
  findGoFunctions,
  openBytes,
  readElf,
  readProbes,
  type ByteSource,
  type Elf,
} from './index.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-elf-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function elfOf(source: ByteSource): Elf {
  const reading = readElf(source)
  if (reading.kind !== 'elf') throw new Error(`no ELF: ${reading.kind}`)
  return reading.elf
}

function withFile<T>(file: string, use: (source: ByteSource) => T): T {
  const opened = openBytes(file)
  if (opened === null) throw new Error(`cannot open ${file}`)
  try {
    return use(opened)
  } finally {
    opened.close()
  }
}

/** Value of a symbol as binutils or Go see it, turned into a file offset by the section headers that readelf prints. */
function truth(tool: readonly [string, ...string[]], file: string, symbol: string): number {
  const [program, ...argv] = [...tool, file]
  const line = execFileSync(program, argv, { encoding: 'utf8', maxBuffer: 1e9 })
    .split('\n')
    .find((text) =>
      text
        .trim()
        .replace(/@@?\S+$/, '')
        .endsWith(` ${symbol}`),
    )
  const address = Number.parseInt(/[0-9a-f]{5,}/.exec(line ?? '')?.[0] ?? '', 16)
  const text = execFileSync('readelf', ['-SW', file], { encoding: 'utf8' })
  const [, start = '', offset = ''] = /\.text\s+PROGBITS\s+(\w+)\s+(\w+)/.exec(text) ?? []
  return address - Number.parseInt(start, 16) + Number.parseInt(offset, 16)
}

const has = (program: string) => spawnSync(program, ['--version']).error === undefined
const library = (name: string) =>
  ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/usr/lib64'].flatMap((place) => {
    try {
      return readdirSync(place)
        .filter((file) => file === name)
        .map((file) => path.join(place, file))
    } catch {
      return []
    }
  })[0]

describe.each([
  ['libssl.so.3', ['SSL_write', 'SSL_write_ex', 'SSL_read', 'SSL_read_ex'], 'OPENSSL_3.0.0'],
  ['libgnutls.so.30', ['gnutls_record_send', 'gnutls_record_recv'], 'GNUTLS_3_4'],
])('%s', (name, functions, version) => {
  const file = library(name)
  const why = file === undefined ? `needs ${name}` : has('nm') ? undefined : 'needs nm and readelf (binutils)'

  test.skipIf(why !== undefined)(
    `has its functions where nm says, each with its version${why === undefined ? '' : ` (skipped: ${why})`}`,
    () => {
      const found = withFile(file!, (source) => findFunctions(elfOf(source), functions))
      expect(found.map((one) => [one.name, one.offset])).toEqual(
        expect.arrayContaining(functions.map((symbol) => [symbol, truth(['nm', '-D'], file!, symbol)])),
      )
      expect(new Set(found.map((one) => one.version))).toEqual(new Set([version]))
    },
  )

  test.skipIf(why !== undefined)('has the same without its section headers', () => {
    const stripped = readFileSync(file!)
    stripped.fill(0, 40, 48)
    stripped.fill(0, 58, 64)
    const found = findFunctions(elfOf(bytesSource(stripped)), functions).map(({ name: symbol, offset }) => [symbol, offset])
    const expected = withFile(file!, (source) => findFunctions(elfOf(source), functions)).map(({ name: symbol, offset }) => [
      symbol,
      offset,
    ])
    expect(found).toEqual(expected)
  })

  test.skipIf(why !== undefined)('has the build id that readelf prints', () => {
    const printed = execFileSync('readelf', ['-n', file!], { encoding: 'utf8' })
    expect(printed).toContain(withFile(file!, (source) => elfOf(source).buildId) ?? 'none')
  })
})

test('this Node has OpenSSL inside, and is found again without reading', () => {
  const finder = createProbeFinder()
  const reading = finder.find(process.execPath)
  expect(reading).toMatchObject({ kind: 'probes' })
  if (reading.kind !== 'probes') return
  expect(reading.probes.map((probe) => probe.function).sort()).toEqual(['SSL_read', 'SSL_read_ex', 'SSL_write', 'SSL_write_ex'])
  expect(finder.find(process.execPath)).toBe(reading)
  expect(finder.counts()).toEqual({ lookups: 2, cached: 1 })
})

const goMissing = spawnSync('go', ['version']).error === undefined && has('nm') ? undefined : 'needs go and binutils'
const WRITE = 'crypto/tls.(*Conn).Write'

describe.skipIf(goMissing !== undefined)(`a Go program${goMissing === undefined ? '' : ` (skipped: ${goMissing})`}`, () => {
  const FORMS = [
    { form: 'static', flags: [], cgo: '0' },
    { form: 'position independent', flags: ['-buildmode=pie'], cgo: '0' },
    { form: 'linked by the C linker', flags: ['-ldflags=-linkmode=external'], cgo: '1' },
    { form: 'position independent, linked by the C linker', flags: ['-buildmode=pie', '-ldflags=-linkmode=external'], cgo: '1' },
  ]

  beforeAll(() => {
    writeFileSync(path.join(folder, 'go.mod'), 'module example.test/client\n')
    const source =
      'package main\nimport ("crypto/tls"; "net"; "os/user")\nfunc main() { user.Current(); c, _ := tls.Dial("tcp", "127.0.0.1:1", nil); var n net.Conn = c; n.Write(nil) }\n'
    writeFileSync(path.join(folder, 'main.go'), source)
    for (const [index, { flags, cgo }] of FORMS.entries()) {
      execFileSync('go', ['build', ...flags, '-o', `go-${index}`, '.'], {
        cwd: folder,
        stdio: 'pipe',
        env: { ...process.env, CGO_ENABLED: cgo, GOFLAGS: '' },
      })
    }
  }, 240_000)

  test.each(FORMS.map(({ form }, index) => ({ form, index })))('$form: found where its own table says, stripped or not', ({ index }) => {
    const file = path.join(folder, `go-${index}`)
    const expected = truth(['nm'], file, WRITE)
    const stripped = `${file}-stripped`
    execFileSync('strip', ['-o', stripped, file])
    for (const one of [file, stripped]) {
      const reading = createProbeFinder().find(one)
      expect(reading).toMatchObject({ kind: 'probes', probes: [{ stack: 'go', direction: 'write', function: WRITE, offset: expected }] })
      if (reading.kind === 'probes') expect(reading.goVersion).toMatch(/^go1\.\d+/)
    }
  })

  test('is found without any section headers', () => {
    const file = path.join(folder, 'go-0')
    const bytes = readFileSync(`${file}-stripped`)
    bytes.fill(0, 40, 48)
    bytes.fill(0, 58, 64)
    expect(readProbes(bytesSource(bytes))).toMatchObject({ kind: 'probes', probes: [{ offset: truth(['nm'], file, WRITE) }] })
  })

  test('without crypto/tls has nothing to probe, and says so', () => {
    const plain = path.join(folder, 'plain')
    writeFileSync(path.join(folder, 'main.go'), 'package main\nfunc main() { println("hello") }\n')
    execFileSync('go', ['build', '-o', plain, '.'], { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' } })
    expect(createProbeFinder().find(plain)).toMatchObject({ kind: 'none', why: expect.stringContaining('Go program') as string })
  })
})

describe('files that are no programs', () => {
  test.each([
    ['text', Buffer.from('#!/bin/sh\necho hello, this is a script and no program at all\n')],
    ['an empty file', Buffer.alloc(0)],
  ])('%s is no ELF', (_, bytes) => expect(readProbes(bytesSource(bytes))).toEqual({ kind: 'not-elf' }))

  test('a missing file, a folder and a FIFO are unreadable, at once', () => {
    const fifo = path.join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    for (const file of [path.join(folder, 'gone'), folder, fifo]) expect(createProbeFinder().find(file)).toEqual({ kind: 'unreadable' })
  })
})

test('a file that was written again is read again', () => {
  const file = path.join(folder, 'changing')
  copyFileSync('/bin/sh', file)
  const finder = createProbeFinder()
  expect(finder.find(file).kind).toBe('none')
  writeFileSync(file, 'text')
  utimesSync(file, 1, 1)
  expect(finder.find(file).kind).toBe('not-elf')
})

test('the cache is bounded', () => {
  const finder = createProbeFinder(2)
  const files = ['a', 'b', 'c'].map((name) => path.join(folder, name))
  for (const file of files) {
    writeFileSync(file, 'text')
    finder.find(file)
  }
  finder.find(files[0]!)
  expect(finder.counts()).toEqual({ lookups: 4, cached: 0 })
})

const sample = library('libssl.so.3')

test.skipIf(sample === undefined)(
  'no mutation of headers and tables throws, or costs more than honest files do',
  () => {
    const good = readFileSync(sample!)
    const elf = elfOf(bytesSource(good))
    // Where lies matter: the ELF header, the program headers, the sections, the dynamic table.
    const places = [0, 64, Number(good.readBigUInt64LE(40)), elf.segments.find(({ type }) => type === 2)?.offset ?? 0]
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...places), fc.nat(900), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.nat(good.length),
        (flips, length) => {
          const mutated = Buffer.from(good.subarray(0, length < 2_000 ? length : good.length))
          for (const [base, offset, value] of flips) if (base + offset < mutated.length) mutated[base + offset] = value
          const start = performance.now()
          expect(['probes', 'none', 'not-elf']).toContain(readProbes(bytesSource(mutated)).kind)
          expect(performance.now() - start).toBeLessThan(5_000)
        },
      ),
      { numRuns: 60 },
    )
  },
  60_000,
)

/** The smallest file that passes for a Go program: one segment, no sections, a function table at 4096. */
function craftedGo(options: {
  magic: number
  wide: boolean
  size: number
  functions: number
  detailOf: (index: number) => number
}): Buffer {
  const bytes = Buffer.alloc(options.size)
  bytes.set(Buffer.from('7f454c46020101', 'hex'))
  bytes.writeUInt16LE(2, 16)
  bytes.writeUInt16LE(62, 18)
  bytes.writeBigUInt64LE(64n, 32)
  bytes.writeUInt16LE(56, 54)
  bytes.writeUInt16LE(2, 56)
  for (const [index, flags] of [4, 5].entries()) {
    const at = 64 + index * 56
    bytes.writeUInt32LE(1, at)
    bytes.writeUInt32LE(flags, at + 4)
    bytes.writeBigUInt64LE(index === 0 ? 0n : 0x10_0000n, at + 16)
    bytes.writeBigUInt64LE(BigInt(bytes.length), at + 32)
  }
  const table = 4_096
  bytes.writeUInt32LE(options.magic, table)
  bytes[table + 6] = 1
  bytes[table + 7] = 8
  bytes.writeBigUInt64LE(BigInt(options.functions), table + 8)
  const shift = options.wide ? 0 : 8
  bytes.writeBigUInt64LE(80n, table + 24 + shift)
  bytes.writeBigUInt64LE(200n, table + 56 + shift)
  bytes.write(`\0${WRITE}\0`, table + 80, 'latin1')
  const width = options.wide ? 8 : 4
  for (let index = 0; index < options.functions; index += 1) {
    const at = table + 200 + index * width * 2
    bytes.writeUIntLE(options.wide ? 0x10_0800 : 0, at, Math.min(width, 6))
    bytes.writeUIntLE(options.detailOf(index), at + width, Math.min(width, 6))
  }
  return bytes
}

test('the table of Go 1.16, whose entries are whole addresses, is read, but its stack arguments are not probed', () => {
  const bytes = craftedGo({ magic: 0xffff_fffa, wide: true, size: 16_384, functions: 1, detailOf: () => 100 })
  // The description: address (8 bytes), then where the name begins.
  bytes.writeUInt32LE(1, 4_096 + 200 + 100 + 8)
  const found = findGoFunctions(elfOf(bytesSource(bytes)), [WRITE])
  expect(found).toMatchObject({ registers: false, functions: [{ name: WRITE, offset: 0x800 }] })
  expect(readProbes(bytesSource(bytes))).toMatchObject({ kind: 'none' })
})

test('a Go table that points everywhere stops at the reading budget', () => {
  const bytes = craftedGo({
    magic: 0xffff_fff1,
    wide: false,
    size: 1_056_768,
    functions: 100_000,
    detailOf: (index) => (index % 2) * 900_000,
  })
  const start = performance.now()
  expect(readProbes(bytesSource(bytes))).toMatchObject({ kind: 'none', why: expect.stringContaining('reading') as string })
  expect(performance.now() - start).toBeLessThan(2_000)
})
