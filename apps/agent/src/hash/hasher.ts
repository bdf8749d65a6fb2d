/*
 * SHA-256 of executables, off the hot path: reading happens in Node's thread pool, two files at a time, each file once. A file is known by
 * device, inode, size and both times; when any of them changes it is another file.
 */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'

export interface HashResult {
  /** `exact`: the very file that ran. `raced`: what is there now may not be what ran. `missing`: it could not be read. */
  readonly hash: 'exact' | 'raced' | 'missing'
  readonly sha256?: string
}

export interface HashRequest {
  readonly path: string
  readonly pid: number
  readonly inode: string
  readonly size: number
  /** When it was executed, microseconds since the epoch. */
  readonly time: number
}

export interface Hasher {
  /** Never rejects. Resolves at once for a file that was hashed before. */
  hash(request: HashRequest): Promise<HashResult>
}

const CONCURRENT_MAX = 2
const WAITING_MAX = 1_000
const CACHE_MAX = 20_000
const CHUNK_BYTES = 1 << 20
/** Larger files exist (debug builds), but reading them would compete with the job for its disk. */
const FILE_BYTES_MAX = 512 * 1_024 * 1_024

export function createHasher(): Hasher {
  const cache = new Map<string, Promise<string | undefined>>()
  const waiting: (() => void)[] = []
  let running = 0

  return {
    async hash(request) {
      if (waiting.length >= WAITING_MAX) return { hash: 'missing' }
      await turn()
      try {
        return await hashNow(request)
      } catch {
        return { hash: 'missing' }
      } finally {
        running--
        waiting.shift()?.()
      }
    },
  }

  async function turn(): Promise<void> {
    if (running >= CONCURRENT_MAX) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
  }

  async function hashNow(request: HashRequest): Promise<HashResult> {
    const found = await openExecutable(request)
    if (!found) return { hash: 'missing' }
    const { file, same } = found
    try {
      const before = await file.stat({ bigint: true })
      if (!before.isFile() || before.size > FILE_BYTES_MAX) return { hash: 'missing' }
      const key = `${before.dev}:${before.ino}:${before.size}:${before.mtimeNs}:${before.ctimeNs}`
      let digest = cache.get(key)
      if (!digest) {
        digest = digestOf(file, Number(before.size), key)
        cache.set(key, digest)
        if (cache.size > CACHE_MAX) {
          const [oldest] = cache.keys()
          if (oldest !== undefined) cache.delete(oldest)
        }
      }
      const sha256 = await digest
      if (sha256 === undefined) return { hash: 'missing' }
      // The status time moves with every change, also of the content, and cannot be set back.
      const unchanged = same && Number(before.ctimeNs / 1_000n) <= request.time
      return { hash: unchanged ? 'exact' : 'raced', sha256 }
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
    if (key !== `${after.dev}:${after.ino}:${after.size}:${after.mtimeNs}:${after.ctimeNs}`) {
      cache.delete(key)
      return undefined
    }
    return hash.digest('hex')
  }
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
