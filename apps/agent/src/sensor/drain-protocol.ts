/* What the draining thread and the main thread tell each other. */

/** Given to the thread. */
export interface DrainOptions {
  /** Descriptors of the critical and the bulk ring. */
  readonly descriptors: readonly [number, number]
  /** Int32: what the main thread wants (see CONTROL). */
  readonly control: SharedArrayBuffer
}

/** What the thread sends: buffers of whole records, per ring in order. */
export interface Drained {
  readonly critical: readonly Filled[]
  readonly bulk: readonly Filled[]
  /** Both rings are empty up to this time, or undefined when the thread ran out of buffers. */
  readonly watermark: number | undefined
  /** Records by type that these buffers hold. */
  readonly counts: Uint32Array
  /** The last message: both rings were empty after the stop. */
  readonly last: boolean
}

export interface Filled {
  readonly buffer: ArrayBuffer
  readonly length: number
}

/** Indices of the control array. RUN: 1 run, 0 stop after a last drain, 2 pause (tests: an agent that hangs). */
export const CONTROL = { RUN: 0 } as const
export const RUN = { STOP: 0, DRAIN: 1, PAUSE: 2 } as const
