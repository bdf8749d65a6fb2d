/* The sensor as the agent sees it. */
import type { Accounting } from '@gatehouse/schema'
import type { KernelRecord } from './record.ts'

export interface SensorOptions {
  /** What is watched: a process tree (then call `track`), or everything in a cgroup (path of its directory). */
  readonly scope: { readonly kind: 'tree' } | { readonly kind: 'cgroup'; readonly path: string }
  /** Directory of the cgroup at which the network hooks are attached: the scope's own, or the root in the product. */
  readonly hooksCgroup: string
  readonly objectPath?: string
  readonly criticalRingBytes?: number
  readonly bulkRingBytes?: number
}

export interface Capabilities {
  /** True when every mandatory hook is attached. */
  readonly full: boolean
  /** What is missing, in words. */
  readonly missing: readonly string[]
  readonly loadMilliseconds: number
}

export interface Sensor {
  readonly capabilities: Capabilities
  /** Calls back with every batch of records, in order, until the sensor is closed. The records' byte arrays die with the call. */
  onBatch(callback: (records: readonly KernelRecord[]) => void): void
  /** Adopts a process and its descendants (tree scope, or processes that were there before). Returns how many. `worker`: its direct children are steps. */
  track(pid: number, options?: { readonly worker?: boolean }): number
  /** What became of the records so far, per type; made = delivered + aggregated + lost once drained. */
  accounting(): Accounting[]
  /** Drains everything, delivers the last batch, detaches and unmaps. Returns the final accounting. */
  close(): Promise<Accounting[]>
}

export declare function openSensor(options: SensorOptions): Promise<Sensor>
