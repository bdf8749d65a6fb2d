import { createHash } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createHasher, type HashRequest } from './hasher.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-hash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** No process has this pid (the kernel's limit is 4,194,304), so files are found by name. */
const NOBODY = 4_194_305
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function program(name: string, text: string): HashRequest {
  const path = join(folder, name)
  writeFileSync(path, text)
  const { ino, size } = statSync(path)
  return { path, pid: NOBODY, inode: String(ino), size, time: (Date.now() + 60_000) * 1_000 }
}

test('the file that ran is hashed exactly, also the second time', async () => {
  const hasher = createHasher()
  const request = program('a', 'one')
  const wanted = { hash: 'exact', sha256: sha256('one') }
  expect(await hasher.hash(request)).toEqual(wanted)
  expect(await hasher.hash(request)).toEqual(wanted)
})

test('a file that was written to after it ran is raced, and known by its new content', async () => {
  const hasher = createHasher()
  const request = program('b', 'before')
  expect(await hasher.hash(request)).toMatchObject({ hash: 'exact', sha256: sha256('before') })
  writeFileSync(request.path, 'later!')
  expect(await hasher.hash({ ...request, time: 1 })).toEqual({ hash: 'raced', sha256: sha256('later!') })
})

test('another file under the same name is raced', async () => {
  const request = program('c', 'one')
  const other = program('other', 'another')
  renameSync(other.path, request.path)
  expect(await createHasher().hash(request)).toEqual({ hash: 'raced', sha256: sha256('another') })
})

test('a file that is gone, no file, or too large to read beside a job is missing', async () => {
  const hasher = createHasher()
  const gone = program('d', 'one')
  rmSync(gone.path)
  expect(await hasher.hash(gone)).toEqual({ hash: 'missing' })
  expect(await hasher.hash({ ...gone, path: folder })).toEqual({ hash: 'missing' })
  const large = program('e', '')
  truncateSync(large.path, 513 * 1_024 * 1_024)
  expect(await hasher.hash(large)).toEqual({ hash: 'missing' })
})

test('a process that still runs is hashed through itself, whatever its name has become', async () => {
  const { ino, size } = statSync(process.execPath)
  const found = await createHasher().hash({
    path: join(folder, 'no such file'),
    pid: process.pid,
    inode: String(ino),
    size,
    time: Date.now() * 1_000,
  })
  expect(found).toEqual({ hash: 'exact', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
})

test('a flood of programs does not queue without end: what is too much is missing, the rest is hashed', async () => {
  const hasher = createHasher()
  const request = program('f', 'flood')
  const results = await Promise.all(Array.from({ length: 1_500 }, () => hasher.hash(request)))
  const counts = Map.groupBy(results, ({ hash }) => hash)
  expect([...counts.keys()].toSorted()).toEqual(['exact', 'missing'])
  expect(counts.get('exact')?.length).toBeGreaterThanOrEqual(1_000)
})
