/* Questions that rules ask the policies. */
import { matchesName } from '../pattern.ts'
import type { PinPolicy } from './types.ts'

/** How an action must be pinned: by the longest pattern that matches, else to a commit. */
export function policyFor(action: string, pins: ReadonlyMap<string, PinPolicy>): PinPolicy {
  let found: PinPolicy = 'commit'
  let length = -1
  for (const [pattern, policy] of pins) {
    if (pattern.length > length && matchesName(pattern, action)) {
      found = policy
      length = pattern.length
    }
  }
  return found
}
