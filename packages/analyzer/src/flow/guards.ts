/*
 * Whether a condition keeps an outsider out. The condition is evaluated in a world where the event is known and the person behind it
 * is nobody to the repository; if it is false there whatever the unknown values are, it guards.
 */
import { pathOf, unwrap, walk, type Expression } from '../expressions/ast.ts'
import { conditionOf } from '../expressions/embedded.ts'
import { evaluate, FRESH, truthOf, type Known, type World } from '../expressions/evaluate.ts'
import type { ScalarNode } from '../yaml/tree.ts'
import { carries } from './sources.ts'

/** What a guard looks at. `label` and `environment` let somebody wave a change through that can still change afterwards. */
export type GuardKind = 'event' | 'actor' | 'association' | 'permission' | 'repository' | 'label' | 'merged' | 'run-event' | 'environment'

export type Admission =
  /** The event never gets through. */
  | { readonly state: 'unreachable' }
  /** Only people whom the guard trusts get through. */
  | { readonly state: 'guarded'; readonly kinds: readonly GuardKind[] }
  | { readonly state: 'open' }

/** Names of steps and jobs that check a permission, so that conditions on their outputs are guards. */
export interface Checks {
  readonly steps: ReadonlySet<string>
  readonly jobs: ReadonlySet<string>
}

const NO_CHECKS: Checks = { steps: new Set(), jobs: new Set() }

const admissions = new WeakMap<ScalarNode, Map<string, Admission>>()

/** Whether a condition lets an outsider's event through. A condition that cannot be read is open. */
export function admission(condition: ScalarNode, event: string, checks: Checks = NO_CHECKS): Admission {
  // An aliased condition may stand in several jobs, so what it may ask is part of the question.
  const key = `${event}\n${[...checks.steps].join()}\n${[...checks.jobs].join()}`
  let known = admissions.get(condition)
  if (!known) admissions.set(condition, (known = new Map()))
  let answer = known.get(key)
  if (!answer) known.set(key, (answer = admit(condition, event, checks)))
  return answer
}

function admit(condition: ScalarNode, event: string, checks: Checks): Admission {
  const { expression, mixed } = conditionOf(condition)
  // With text around the fence the condition is always true.
  if (!expression || mixed) return { state: 'open' }
  if (truthOf(expression, eventWorld(event)) === false) return { state: 'unreachable' }
  const literal = comparedNodes(expression)
  const all = new Set<GuardKind>(ASSUMPTIONS)
  if (truthOf(expression, outsiderWorld(event, all, literal, checks)) !== false) return { state: 'open' }
  // Which assumption made the difference: without it, the condition would be open.
  const decisive = ASSUMPTIONS.filter((kind) => {
    const without = new Set(all)
    without.delete(kind)
    return truthOf(expression, outsiderWorld(event, without, literal, checks)) !== false
  })
  return {
    state: 'guarded',
    kinds:
      decisive.length > 0
        ? decisive
        : ASSUMPTIONS.filter((kind) => truthOf(expression, outsiderWorld(event, new Set([kind]), literal, checks)) === false),
  }
}

const ASSUMPTIONS: readonly GuardKind[] = ['actor', 'association', 'permission', 'repository', 'label', 'merged', 'run-event']

/** What the event alone tells. */
function eventWorld(event: string): World {
  return (path) => eventFact(path, event)
}

function eventFact(path: readonly string[], event: string): Known {
  if (path[0] !== 'github') return undefined
  if (path[1] === 'event_name') return event
  if (path[1] === 'event' && path[2] !== undefined && carries(event, path[2]) === false) return null
  if (path[1] === 'head_ref' && !event.startsWith('pull_request')) return ''
  if (event === 'pull_request' || event === 'pull_request_review' || event === 'pull_request_review_comment') {
    if (path[1] === 'ref') return 'refs/pull/1/merge'
    if (path[1] === 'ref_name') return '1/merge'
    if (path[1] === 'ref_type') return 'branch'
  }
  return undefined
}

interface Compared {
  /** References compared with a bot's login: `github.actor` there is not the author of the change. */
  readonly bots: ReadonlySet<Expression>
  /** References to `github.event.action` compared with an action that needs write access. */
  readonly maintainerActions: ReadonlySet<Expression>
}

function outsiderWorld(event: string, assumptions: ReadonlySet<GuardKind>, compared: Compared, checks: Checks): World {
  return (path, expression) => {
    const fact = eventFact(path, event)
    if (fact !== undefined) return fact
    const kind = assumptionOf(path, expression, compared, checks)
    if (kind === undefined || !assumptions.has(kind.kind)) return undefined
    return kind.value
  }
}

function assumptionOf(
  path: readonly string[],
  expression: Expression,
  compared: Compared,
  checks: Checks,
): { kind: GuardKind; value: Known } | undefined {
  if (path[0] === 'steps' && path[2] === 'outputs' && path[1] !== undefined && checks.steps.has(path[1]))
    return { kind: 'permission', value: false }
  if (path[0] === 'needs' && path[2] === 'outputs' && path[1] !== undefined && checks.jobs.has(path[1]))
    return { kind: 'permission', value: false }
  if (path[0] !== 'github') return undefined
  const last = path.at(-1)
  if (path[1] === 'actor' || path[1] === 'triggering_actor')
    return compared.bots.has(expression) ? undefined : { kind: 'actor', value: FRESH }
  if (path[1] === 'actor_id') return { kind: 'actor', value: FRESH }
  if (path[1] !== 'event') return undefined
  if (last === 'author_association') return { kind: 'association', value: 'NONE' }
  if (path[2] === 'sender' && (last === 'login' || last === 'id'))
    return compared.bots.has(expression) ? undefined : { kind: 'actor', value: FRESH }
  if (path.at(-2) === 'user' && (last === 'login' || last === 'id')) return { kind: 'actor', value: FRESH }
  if (path.includes('user') && last === 'type') return { kind: 'actor', value: 'User' }
  if (path[2] === 'sender' && last === 'type') return { kind: 'actor', value: 'User' }
  if (path[2] === 'pull_request') {
    if (path[3] === 'merged') return { kind: 'merged', value: false }
    if (path[3] === 'labels') return { kind: 'label', value: [] }
    if (
      path[3] === 'head' &&
      path[4] === 'repo' &&
      (last === 'full_name' ||
        last === 'id' ||
        last === 'node_id' ||
        last === 'login' ||
        last === 'html_url' ||
        last === 'clone_url' ||
        last === 'url')
    )
      return { kind: 'repository', value: FRESH }
    if (path[3] === 'head' && path[4] === 'repo' && last === 'fork') return { kind: 'repository', value: true }
    if (path[3] === 'head' && path[4] === 'user' && last === 'login') return { kind: 'repository', value: FRESH }
  }
  if (path[2] === 'issue' && path[3] === 'labels') return { kind: 'label', value: [] }
  if (path[2] === 'label') return { kind: 'label', value: FRESH }
  if (path[2] === 'action' && compared.maintainerActions.has(expression)) return { kind: 'label', value: FRESH }
  if (path[2] === 'workflow_run') {
    if (path[3] === 'event') return { kind: 'run-event', value: 'pull_request' }
    if (path[3] === 'head_repository' && last === 'fork') return { kind: 'repository', value: true }
    if (path[3] === 'head_repository' && (last === 'full_name' || last === 'id' || last === 'login' || last === 'html_url'))
      return { kind: 'repository', value: FRESH }
    if (path[3] === 'actor' && last === 'login') return { kind: 'actor', value: FRESH }
  }
  return undefined
}

/** Activity types that only somebody with write or triage access causes. */
const MAINTAINER_ACTIONS: ReadonlySet<string> = new Set([
  'labeled',
  'unlabeled',
  'assigned',
  'unassigned',
  'milestoned',
  'demilestoned',
  'pinned',
  'transferred',
  'locked',
  'review_requested',
  'auto_merge_enabled',
  'enqueued',
  'answered',
])

function comparedNodes(expression: Expression): Compared {
  const bots = new Set<Expression>()
  const maintainerActions = new Set<Expression>()
  for (const part of walk(expression)) {
    const pairs: [Expression, Expression][] =
      part.type === 'binary' && (part.operator === '==' || part.operator === '!=')
        ? [
            [unwrap(part.left), unwrap(part.right)],
            [unwrap(part.right), unwrap(part.left)],
          ]
        : part.type === 'call' && part.args[0] && part.args[1]
          ? [
              [unwrap(part.args[1]), unwrap(part.args[0])],
              [unwrap(part.args[0]), unwrap(part.args[1])],
            ]
          : []
    for (const [reference, other] of pairs) {
      if (!pathOf(reference)) continue
      const value = evaluate(other)
      const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
      if (texts.some((text) => text.includes('[bot]'))) bots.add(reference)
      if (texts.length > 0 && texts.every((text) => MAINTAINER_ACTIONS.has(text))) maintainerActions.add(reference)
    }
  }
  return { bots, maintainerActions }
}
