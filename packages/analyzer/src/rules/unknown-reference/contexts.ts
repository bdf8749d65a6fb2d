/* Which contexts GitHub offers where. Source: docs.github.com, "Contexts reference", context availability (2026-08). */
import type { ExpressionPlace } from '../../model/places.ts'

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const STEP = set('github needs strategy matrix job runner env vars secrets steps inputs')
const STEP_IF = set('github needs strategy matrix job runner env vars steps inputs')
const JOB_PLAIN = set('github needs strategy matrix vars inputs')

/** By key of a job. Keys that are absent are not judged. */
const JOB: Readonly<Record<string, ReadonlySet<string>>> = {
  if: set('github needs vars inputs'),
  name: JOB_PLAIN,
  'runs-on': JOB_PLAIN,
  'timeout-minutes': JOB_PLAIN,
  'continue-on-error': JOB_PLAIN,
  concurrency: JOB_PLAIN,
  strategy: set('github needs vars inputs'),
  secrets: set('github needs strategy matrix secrets inputs vars'),
}
const JOB_ENV = set('github needs strategy matrix vars secrets inputs')

const WORKFLOW: Readonly<Record<string, ReadonlySet<string>>> = {
  'run-name': set('github inputs vars'),
  concurrency: set('github inputs vars'),
}
const WORKFLOW_ENV = set('github secrets inputs vars')

/** The contexts at a place; undefined where they are not judged. */
export function availableContexts({ unit, job, step, role, key }: ExpressionPlace): ReadonlySet<string> | undefined {
  // What an action may use depends on how it is called; only secrets never reach it, and nobody calls that an error but GitHub.
  if (unit.kind === 'action') return step ? STEP_IF : undefined
  if (step) return role === 'if' ? STEP_IF : STEP
  if (job) {
    if (role === 'env') return JOB_ENV
    if (role === 'with') return JOB_PLAIN
    return JOB[key]
  }
  return role === 'env' ? WORKFLOW_ENV : WORKFLOW[key]
}
