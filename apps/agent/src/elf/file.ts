/* Bounded reading of a file that may be huge, hostile, or change while it is read. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** Random access to bytes. Reading past the end gives fewer bytes; it never throws. */
export interface ByteSource {
  readonly size: number
  /** At most `length` bytes from `offset`. The result may be overwritten by the next read. */
  read(offset: number, length: number): Uint8Array
}

/** Largest single read: sections are walked in pieces of this size. */
export const CHUNK_BYTES = 262_144

export interface OpenedFile extends ByteSource {
  /** Identity for caching: the same bytes as long as none of these change. */
  readonly identity: string
  close(): void
}

/** Opens a regular file for reading; null when it cannot be (gone, no permission, no regular file). */
export function openBytes(file: string): OpenedFile | null {
  let fd: number
  try {
    // Non-blocking, so that a FIFO put in the place of a program cannot stop us.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
  const stat = fstatSync(fd, { bigint: true })
  if (!stat.isFile()) {
    closeSync(fd)
    return null
  }
  const buffer = Buffer.alloc(CHUNK_BYTES)
  return {
    size: Number(stat.size),
    identity: `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`,
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || offset < 0 || length <= 0) return new Uint8Array(0)
      const target = length <= buffer.length ? buffer.subarray(0, length) : Buffer.alloc(Math.min(length, CHUNK_BYTES))
      let filled = 0
      try {
        while (filled < target.length) {
          const count = readSync(fd, target, filled, target.length - filled, offset + filled)
          if (count === 0) break
          filled += count
        }
      } catch {
        // A failing disk or a truncated file: what was read so far is what there is.
      }
      return target.subarray(0, filled)
    },
    close: () => closeSync(fd),
  }
}

/** The same over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => (offset < 0 || length <= 0 ? new Uint8Array(0) : bytes.slice(offset, offset + Math.min(length, CHUNK_BYTES))),
  }
}

export interface Budget extends ByteSource {
  /** Whether reading was refused because the file made us read too much. */
  spent(): boolean
}

/**
 * The same bytes until `bytesMax` of them were read, then none. Tables point wherever their author likes, also to each other, so
 * this is what keeps a small hostile file from costing more than a large honest one.
 */
export function withBudget(source: ByteSource, bytesMax: number): Budget {
  let left = bytesMax
  return {
    size: source.size,
    read(offset, length) {
      if (left <= 0) return new Uint8Array(0)
      const bytes = source.read(offset, length)
      // Even an empty read costs a call.
      left -= bytes.length + 512
      return bytes
    },
    spent: () => left <= 0,
  }
}
