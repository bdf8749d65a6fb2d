/** A job to measure: generated on the spot, without downloads, the same bytes every time. */

export interface Workload {
  readonly name: string
  /** Decides how much in-kernel time is acceptable: compilers mostly compute, the others mostly call the kernel. */
  readonly kind: 'compile' | 'exec-bound' | 'file-bound'
  /** The most its wall time may grow, as a ratio; null is reported without a verdict. */
  readonly wallTarget: number | null
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Puts the folder into the state that each run starts from. Not timed. */
  reset(): Promise<void>
}

/** How much of a workload to generate. */
export type Size = 'full' | 'quick'
