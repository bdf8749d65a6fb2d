import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createHasher, type HashRequest } from './hasher.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-hasher-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As the kernel would describe an execution that happens now. No process has this pid any more. */
function executed(path: string): HashRequest {
  const { dev, ino, size } = statSync(path)
  return { path, pid: 4_194_305, device: dev, inode: String(ino), size, time: Date.now() * 1_000 + 1_000 }
}

function program(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')

test('every execution of an unchanged file gets its exact hash, the first and those that wait for a look', async () => {
  const hasher = createHasher()
  const path = program('unchanged', 'one')
  const results = await Promise.all(Array.from({ length: 500 }, () => hasher.hash(executed(path))))
  const later = hasher.hash(executed(path))
  hasher.hurry()
  results.push(await later)
  expect(new Set(results.map((result) => JSON.stringify(result)))).toEqual(
    new Set([JSON.stringify({ hash: 'exact', sha256: sha256('one') })]),
  )
})

test('a known file that is rewritten after it ran, with its size and times kept, is not told as exact', async () => {
  const hasher = createHasher()
  const path = program('rewritten', 'good')
  await hasher.hash(executed(path))
  const request = executed(path)
  const { atime, mtime } = statSync(path)
  const result = hasher.hash(request)
  await new Promise((resolve) => setTimeout(resolve, 20))
  writeFileSync(path, 'evil')
  utimesSync(path, atime, mtime)
  hasher.hurry()
  expect(await result).toEqual({ hash: 'raced', sha256: sha256('evil') })
})

test('a known file that another one took the name of is looked at by its own merits', async () => {
  const hasher = createHasher()
  const path = program('replaced', 'old')
  await hasher.hash(executed(path))
  renameSync(program('replacement', 'new'), path)
  expect(await hasher.hash(executed(path))).toEqual({ hash: 'exact', sha256: sha256('new') })
})

test('a known file that is gone is missing', async () => {
  const hasher = createHasher()
  const path = program('gone', 'gone')
  const request = executed(path)
  await hasher.hash(request)
  rmSync(path)
  expect(await hasher.hash(request)).toEqual({ hash: 'missing' })
})

test('a change of mode after the execution is a change', async () => {
  const hasher = createHasher()
  const path = program('mode', 'mode')
  await hasher.hash(executed(path))
  const request = executed(path)
  await new Promise((resolve) => setTimeout(resolve, 20))
  chmodSync(path, 0o755)
  expect(await hasher.hash(request)).toEqual({ hash: 'raced', sha256: sha256('mode') })
})
