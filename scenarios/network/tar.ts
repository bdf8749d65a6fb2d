import { gunzipSync } from 'node:zlib'

const BLOCK = 512
const INFLATED_MAX = 64 * 1024 * 1024

/** One member of a gzipped tar archive by its exact name (POSIX ustar header layout), or null. */
export function readTarEntry(archive: Buffer, name: string): Buffer | null {
  const tar = gunzipSync(archive, { maxOutputLength: INFLATED_MAX })
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK)
    const size = Number.parseInt(text(header, 124, 12), 8) || 0
    if (text(header, 0, 100) === name) return tar.subarray(at + BLOCK, at + BLOCK + size)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return null
}

function text(header: Buffer, at: number, length: number): string {
  const field = header.toString('latin1', at, at + length)
  const end = field.indexOf('\0')
  return (end < 0 ? field : field.slice(0, end)).trim()
}
