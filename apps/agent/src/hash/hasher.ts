/*
 * SHA-256 of executables, off the hot path: reading happens in Node's thread pool, two files at a time, each file once. A file is known by
 * device, inode, size and both times; when any of them changes it is another file.
 *
 * A build executes the same few programs thousands of times. One that was hashed before is only looked at again, to see that it is
 * unchanged, and one look serves all its executions of a moment: the look comes after them, and the status time tells of any change
 * since the first of them.
 */
import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'

export interface HashResult {
  /** `exact`: the very file that ran. `raced`: what is there now may not be what ran. `missing`: it could not be read. */
  readonly hash: 'exact' | 'raced' | 'missing'
  readonly sha256?: string
}

export interface HashRequest {
  readonly path: string
  readonly pid: number
  readonly device: number
  readonly inode: string
  readonly size: number
  /** When it was executed, microseconds since the epoch. */
  readonly time: number
}

export interface Hasher {
  /** Never rejects. Resolves within a moment for a file that was hashed before. */
  hash(request: HashRequest): Promise<HashResult>
  /** Looks now at what waits to be looked at. */
  hurry(): void
}

/** A file whose hash is known, by what the kernel calls it: device, inode, size and path. */
interface Known {
  /** What stat said of it when it was hashed. */
  readonly key: string
  readonly sha256: string
}

/** Executions of one file that wait for the next look at it. */
interface Look {
  readonly path: string
  readonly answers: { readonly request: HashRequest; readonly resolve: (result: HashResult) => void }[]
}

const CONCURRENT_MAX = 2
const WAITING_MAX = 1_000
/** How long executions of a known file are collected; the journal waits several times as long for a hash. */
const LOOK_MS = 80
const LOOKED_MAX = 50_000
const CACHE_MAX = 20_000
const CHUNK_BYTES = 1 << 20
/** Larger files exist (debug builds), but reading them would compete with the job for its disk. */
const FILE_BYTES_MAX = 512 * 1_024 * 1_024
const MISSING: HashResult = { hash: 'missing' }

export function createHasher(): Hasher {
  const cache = new Map<string, Promise<string | undefined>>()
  const waiting: (() => void)[] = []
  let running = 0

  const known = new Map<string, Known>()
  /** Files that are being hashed for the first time. */
  const first = new Set<string>()
  const looks = new Map<string, Look>()
  let looking = 0
  let timer: NodeJS.Timeout | undefined

  return {
    hash(request) {
      const identity = `${request.device}:${request.inode}:${request.size}:${request.path}`
      if (known.has(identity) || first.has(identity)) return lookLater(identity, request)
      if (waiting.length >= WAITING_MAX) return Promise.resolve(MISSING)
      first.add(identity)
      return hashInTurn(identity, request).finally(() => first.delete(identity))
    },
    hurry: look,
  }

  function lookLater(identity: string, request: HashRequest): Promise<HashResult> {
    if (looking >= LOOKED_MAX) return Promise.resolve(MISSING)
    looking++
    let waits = looks.get(identity)
    if (waits === undefined) {
      waits = { path: request.path, answers: [] }
      looks.set(identity, waits)
      timer ??= setTimeout(look, LOOK_MS)
    }
    const { answers } = waits
    return new Promise((resolve) => answers.push({ request, resolve }))
  }

  function look(): void {
    clearTimeout(timer)
    timer = undefined
    for (const [identity, waits] of looks) {
      // Not hashed yet: the next look is early enough.
      if (first.has(identity)) {
        timer ??= setTimeout(look, LOOK_MS)
        continue
      }
      looks.delete(identity)
      looking -= waits.answers.length
      void answer(identity, waits)
    }
  }

  async function answer(identity: string, { path, answers }: Look): Promise<void> {
    const expected = known.get(identity)
    const found = expected && (await stat(path, { bigint: true }).catch(() => undefined))
    const unchanged = expected !== undefined && found !== undefined && keyOf(found) === expected.key
    // Changed, or not to be seen under that name: then each execution is a case of its own.
    if (!unchanged) known.delete(identity)
    for (const { request, resolve } of answers) {
      if (unchanged) resolve({ hash: wasSo(found, request) ? 'exact' : 'raced', sha256: expected.sha256 })
      else if (waiting.length >= WAITING_MAX) resolve(MISSING)
      else void hashInTurn(identity, request).then(resolve)
    }
  }

  async function hashInTurn(identity: string, request: HashRequest): Promise<HashResult> {
    await turn()
    try {
      return await hashNow(identity, request)
    } catch {
      return MISSING
    } finally {
      running--
      waiting.shift()?.()
    }
  }

  async function turn(): Promise<void> {
    if (running >= CONCURRENT_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
  }

  async function hashNow(identity: string, request: HashRequest): Promise<HashResult> {
    const found = await openExecutable(request)
    if (!found) return MISSING
    const { file, same } = found
    try {
      const before = await file.stat({ bigint: true })
      if (!before.isFile() || before.size > FILE_BYTES_MAX) return MISSING
      const key = keyOf(before)
      let digest = cache.get(key)
      if (!digest) {
        digest = digestOf(file, Number(before.size), key)
        cache.set(key, digest)
        keepNewest(cache)
      }
      const sha256 = await digest
      if (sha256 === undefined) return MISSING
      if (same) {
        known.set(identity, { key, sha256 })
        keepNewest(known)
      }
      return { hash: same && wasSo(before, request) ? 'exact' : 'raced', sha256 }
    } finally {
      await file.close()
    }
  }

  async function digestOf(file: FileHandle, size: number, key: string): Promise<string | undefined> {
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, size)))
    let read = 0
    while (read < size) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, read)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
      read += bytesRead
    }
    const after = await file.stat({ bigint: true })
    // Changed while it was read: what came out is the hash of no file that ever was.
    if (key !== keyOf(after)) {
      cache.delete(key)
      return undefined
    }
    return hash.digest('hex')
  }
}

function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`
}

/** Whether the file is as it was executed. The status time moves with every change, also of the content, and cannot be set back. */
function wasSo({ ctimeNs }: BigIntStats, { time }: HashRequest): boolean {
  return Number(ctimeNs / 1_000n) <= time
}

function keepNewest(map: Map<string, unknown>): void {
  if (map.size <= CACHE_MAX) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/**
 * Through the process while it still runs that program: that is the very file, also when its name is gone or means something else in
 * the process's mount namespace. Otherwise by name.
 */
async function openExecutable({ path, pid, inode, size }: HashRequest): Promise<{ file: FileHandle; same: boolean } | undefined> {
  for (const candidate of [`/proc/${pid}/exe`, path]) {
    // Never a device or a pipe, which could block: an executable is a regular file, and opening one for reading does not wait.
    const file = await open(candidate, 'r').catch(() => undefined)
    if (!file) continue
    const found = await file.stat({ bigint: true })
    if (String(found.ino) === inode && Number(found.size) === size) return { file, same: true }
    if (candidate === path && found.isFile()) return { file, same: false }
    await file.close()
  }
  return undefined
}
