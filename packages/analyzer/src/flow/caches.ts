/* Which steps use GitHub's cache. */
import { CACHE_ACTIONS } from '../data/actions.ts'
import { booleanOf, isScalar } from '../yaml/tree.ts'
import type { Step } from '../model/types.ts'

export type CacheUse = 'on' | 'off' | 'maybe'

/** Inputs that switch the cache off when true. */
const NEGATED: ReadonlySet<string> = new Set(['cache-disabled', 'no-cache', 'skip-cache'])

/** Whether a step restores or saves a cache; `maybe` when an expression decides. */
export function cacheUse(step: Step): CacheUse {
  const known = step.uses && CACHE_ACTIONS.get(step.uses.action)
  if (!known) return 'off'
  if (step.with.entries.has('lookup-only') && booleanOf(step.with.entries.get('lookup-only')?.value) === true) return 'off'
  if (known.input === undefined) return 'on'
  const value = step.with.entries.get(known.input)?.value
  if (value === undefined)
    return known.byDefault
      ? step.uses?.action === 'astral-sh/setup-uv' || step.uses?.action === 'docker/setup-buildx-action'
        ? 'maybe'
        : 'on'
      : 'off'
  if (!isScalar(value)) return 'maybe'
  if (value.value.includes('${{')) return 'maybe'
  const negated = NEGATED.has(known.input)
  const truth = booleanOf(value)
  if (truth !== undefined) return truth === negated ? 'off' : 'on'
  return value.value.trim() === '' ? 'off' : negated ? 'maybe' : 'on'
}
