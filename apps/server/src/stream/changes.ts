/* Who is listening to changes of runs. The changes themselves are columns of `job`; this only wakes listeners. */
import type { RunChange } from '@gatehouse/schema'

/** A change and its place in the order of changes. */
export interface NumberedChange {
  readonly id: number
  readonly change: RunChange
}

export interface ChangeBus {
  readonly publish: (org: number, change: NumberedChange) => void
  /** Returns how to stop listening. */
  readonly listen: (org: number, listener: (change: NumberedChange) => void) => () => void
}

export function changeBus(): ChangeBus {
  const listeners = new Map<number, Set<(change: NumberedChange) => void>>()
  return {
    publish(org, change) {
      for (const listener of listeners.get(org) ?? []) listener(change)
    },
    listen(org, listener) {
      const ours = listeners.get(org) ?? new Set()
      listeners.set(org, ours)
      ours.add(listener)
      return () => {
        ours.delete(listener)
        if (ours.size === 0) listeners.delete(org)
      }
    },
  }
}
