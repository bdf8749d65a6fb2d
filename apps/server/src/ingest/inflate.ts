/* Decompression of what strangers send: never more memory than a batch may have, whatever the input claims. */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, gunzip, zstdDecompress } from 'node:zlib'
import { BATCH_LIMITS } from '@gatehouse/schema/wire'
import { AppError } from '../problem.ts'

const gunzipAsync = promisify(gunzip)
const zstdAsync = promisify(zstdDecompress)
/** Largest zstd window we allocate: 8 MiB, as much as a batch may hold. The format would let a sender ask for 128 MiB. */
const WINDOW_LOG_MAX = 23

export interface Inflated {
  readonly text: string
  /** SHA-256 of the inflated bytes: what a batch is, however it was compressed. */
  readonly hash: string
}

/**
 * The text of a body.
 *
 * @throws {AppError} MEDIA_TYPE_UNSUPPORTED, BATCH_TOO_LARGE (inflated size), BATCH_MALFORMED (not what its encoding says).
 */
export async function inflate(body: Buffer, encoding: string | undefined): Promise<Inflated> {
  const bytes = await inflated(body, encoding ?? 'identity')
  return { text: bytes.toString('utf8'), hash: createHash('sha256').update(bytes).digest('hex') }
}

async function inflated(body: Buffer, encoding: string): Promise<Buffer> {
  try {
    switch (encoding.toLowerCase()) {
      case 'identity':
        return body
      case 'gzip':
        return await gunzipAsync(body, { maxOutputLength: BATCH_LIMITS.bytes })
      case 'zstd':
        return await zstdAsync(body, { maxOutputLength: BATCH_LIMITS.bytes, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX } })
      default:
        throw new AppError('MEDIA_TYPE_UNSUPPORTED', 'content-encoding is one of zstd, gzip, identity')
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    if (error instanceof RangeError || (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')) {
      throw new AppError('BATCH_TOO_LARGE', `a batch inflates to at most ${BATCH_LIMITS.bytes} bytes`)
    }
    throw new AppError('BATCH_MALFORMED', `the body is not valid ${encoding}`)
  }
}
