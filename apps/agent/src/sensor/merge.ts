/*
 * Two rings, one order. The rings are drained one after the other, so a batch may hold the exit of a process in one ring while its
 * last file is still in the other. Records later than the watermark (a time up to which both rings are known to be empty) are
 * therefore held back for the next batch, and what is told is sorted by time.
 */
import { createDecoder, type Decoder } from './decode.ts'
import type { KernelRecord } from './record.ts'

const RING_HEADER_BYTES = 8
const TIME_AT = RING_HEADER_BYTES + 8
const LENGTH = 0x3fffffff

export interface Merger {
  /**
   * The records up to `watermark`, in order of time. Their byte arrays are valid until `wipe`.
   *
   * @param watermark Nanoseconds since boot; undefined tells everything there is.
   */
  push(critical: readonly Uint8Array[], bulk: readonly Uint8Array[], watermark: number | undefined): KernelRecord[]
  /** Everything that is held back, at the very end. */
  flush(): KernelRecord[]
  wipe(): void
  readonly undecodable: number
}

export function createMerger(): Merger {
  const rings = [createRing(), createRing()] as const

  return {
    push(critical, bulk, watermark) {
      const first = rings[0].push(critical, watermark)
      const second = rings[1].push(bulk, watermark)
      return inOrder(first, second)
    },
    flush() {
      const first = [...rings[0].push([], undefined), ...rings[0].decoder.flush()]
      return inOrder(first, rings[1].push([], undefined))
    },
    wipe() {
      for (const ring of rings) ring.wipe()
    },
    get undecodable() {
      return rings[0].decoder.undecodable + rings[1].decoder.undecodable
    },
  }
}

/** Stable: records of one time stay in the order of their ring. Most batches are in order as they come. */
function inOrder(first: KernelRecord[], second: readonly KernelRecord[]): KernelRecord[] {
  const records = second.length === 0 ? first : first.concat(second)
  let last = 0
  for (const { time } of records) {
    if (time < last) return records.sort((a, b) => a.time - b.time)
    last = time
  }
  return records
}

function createRing(): {
  decoder: Decoder
  push(buffers: readonly Uint8Array[], watermark: number | undefined): KernelRecord[]
  wipe(): void
} {
  const decoder = createDecoder()
  let held: Uint8Array[] = []
  let told: Uint8Array[] = []

  return {
    decoder,
    push(buffers, watermark) {
      const records: KernelRecord[] = []
      const late: Uint8Array[] = []
      for (const bytes of [...held, ...buffers]) {
        const cut = late.length > 0 ? 0 : watermark === undefined ? bytes.length : positionAfter(bytes, watermark)
        for (const record of decoder.decode(bytes.subarray(0, cut))) records.push(record)
        // The buffer goes back to its owner after this batch: a copy (and not `slice`, which on a Buffer is a view).
        if (cut < bytes.length) late.push(new Uint8Array(bytes.subarray(cut)))
      }
      told = held
      held = late
      return records
    },
    wipe() {
      decoder.wipe()
      for (const bytes of told) bytes.fill(0)
      told = []
    },
  }
}

/** Where the first record later than `watermark` begins. A buffer that makes no sense is left to the decoder, whole. */
function positionAfter(bytes: Uint8Array, watermark: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + TIME_AT + 8 <= bytes.length;) {
    const time = view.getUint32(at + TIME_AT, true) + view.getUint32(at + TIME_AT + 4, true) * 4_294_967_296
    if (time > watermark) return at
    at += RING_HEADER_BYTES + (((view.getUint32(at, true) & LENGTH) + 7) & ~7)
  }
  return bytes.length
}
