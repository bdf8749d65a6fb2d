/*
 * The thread that empties the rings. It blocks in the kernel and does nothing else, so neither the agent's own work nor a flood of
 * events can keep it from draining. It owns a fixed number of buffers: when all of them are with the main thread it stops, the rings
 * fill, and the kernel counts what is lost.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { CONTROL, type Drained, type DrainOptions, type Filled, RUN } from './drain-protocol.ts'
import { loadNative, type Native, type ReaderHandle } from './native.ts'

const BUFFER_BYTES = 1 << 20
const BUFFERS = 32
const TYPES = 24
/** The kernel side wakes us only when much is queued; this is the latency of the rest. Each wake-up costs the job's machine 0.2 ms. */
const WAIT_MILLISECONDS = 60
/** A record is stamped before it is written; a program may take this long in between (interrupted, or its processor taken away). */
const IN_FLIGHT_NANOSECONDS = 2_000_000

if (parentPort !== null) run(parentPort, workerData as DrainOptions)

function run(port: NonNullable<typeof parentPort>, options: DrainOptions): void {
  const native = loadNative()
  const reader = native.openReader(options.descriptors)
  const control = new Int32Array(options.control)
  const free = Array.from({ length: BUFFERS }, () => new ArrayBuffer(BUFFER_BYTES))
  let quiet = true

  for (;;) {
    const wanted = Atomics.load(control, CONTROL.RUN)
    if (wanted === RUN.PAUSE) {
      Atomics.wait(control, CONTROL.RUN, RUN.PAUSE, WAIT_MILLISECONDS)
      continue
    }
    for (let returned = receiveMessageOnPort(port); returned !== undefined; returned = receiveMessageOnPort(port)) {
      free.push(returned.message as ArrayBuffer)
    }
    const drained = drainBoth(native, reader, free)
    const last = wanted === RUN.STOP && drained.critical.length === 0 && drained.bulk.length === 0
    const empty = drained.critical.length === 0 && drained.bulk.length === 0
    // One message after the last full one lets the main thread tell what it held back.
    if (!empty || !quiet || last) {
      port.postMessage(
        { ...drained, last } satisfies Drained,
        [...drained.critical, ...drained.bulk].map(({ buffer }) => buffer),
      )
    }
    quiet = empty
    if (last) break
    if (free.length === 0) Atomics.wait(control, CONTROL.RUN, wanted, WAIT_MILLISECONDS)
    else if (wanted === RUN.DRAIN) native.wait(reader, WAIT_MILLISECONDS)
  }
  native.closeReader(reader)
}

function drainBoth(native: Native, reader: ReaderHandle, free: ArrayBuffer[]): Omit<Drained, 'last'> {
  const counts = new Uint32Array(TYPES)
  const watermark = native.now() - IN_FLIGHT_NANOSECONDS
  const critical = drainRing(native, reader, 0, free, counts)
  const bulk = drainRing(native, reader, 1, free, counts)
  return { critical: critical.filled, bulk: bulk.filled, watermark: critical.emptied && bulk.emptied ? watermark : undefined, counts }
}

/** Takes what is there now, not what comes meanwhile: at most the buffers that are free. */
function drainRing(
  native: Native,
  reader: ReaderHandle,
  ring: number,
  free: ArrayBuffer[],
  counts: Uint32Array,
): { filled: Filled[]; emptied: boolean } {
  const filled: Filled[] = []
  for (;;) {
    const buffer = free.pop()
    if (buffer === undefined) return { filled, emptied: native.pending(reader, ring) === 0 }
    const length = native.drain(reader, ring, new Uint8Array(buffer), counts)
    if (length === 0) {
      free.push(buffer)
      return { filled, emptied: true }
    }
    filled.push({ buffer, length })
    // A buffer with room left means that the ring was empty.
    if (length < BUFFER_BYTES / 2) return { filled, emptied: true }
  }
}
