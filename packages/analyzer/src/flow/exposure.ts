/*
 * Who can make a job or step run, past which guards, and what it holds then. Everything that rates a finding by its exploitability
 * asks here.
 */
import type { Severity } from '@gatehouse/schema'
import { pathOf, references, walk } from '../expressions/ast.ts'
import { conditionOf } from '../expressions/embedded.ts'
import { PERMISSION_CHECKS } from '../data/actions.ts'
import { placesOf, rangeOf } from '../model/places.ts'
import { earlier, input, unitOf, type Job, type Step, type Workflow } from '../model/types.ts'
import type { TraceStep } from '../rule.ts'
import { isScalar, type ScalarNode } from '../yaml/tree.ts'
import { admission, type Checks, type GuardKind } from './guards.ts'
import { triggerFacts, type TriggerFacts } from './triggers.ts'

export interface Exposure {
  /** The event that starts the run; `unknown` when callers outside of the repository decide. */
  readonly event: string
  readonly facts: TriggerFacts
  /** Guards an outsider would have to pass; empty when there is none. */
  readonly guards: readonly {
    readonly kinds: readonly GuardKind[]
    readonly node: ScalarNode
    readonly job: Job | undefined
    readonly step: Step | undefined
  }[]
  /** Conditions on the way that do not keep an outsider out. */
  readonly passed: readonly { readonly node: ScalarNode; readonly job: Job }[]
  /** The trigger in the workflow that starts it all. */
  readonly trigger: { readonly workflow: Workflow; readonly node: ScalarNode } | undefined
  /** Whether the run holds something worth stealing or misusing. */
  readonly holds: Holdings
}

export interface Holdings {
  /** `default`: no permissions are given, so the organisation's default decides, which may be to write everything. */
  readonly token: 'none' | 'read' | 'write' | 'default'
  /** Scopes that may be written; `*` for all. */
  readonly writes: readonly string[]
  readonly secrets: boolean
  readonly oidc: boolean
  readonly selfHosted: boolean
}

/** Whether an outsider's run of this exposure can do harm beyond its own job. */
export function isPrivileged({ facts, holds }: Exposure): boolean {
  if (holds.selfHosted) return true
  return facts.privileged && (holds.token === 'write' || holds.token === 'default' || holds.secrets || holds.oidc)
}

const CALL_DEPTH_MAX = 5
const jobCache = new WeakMap<Job, readonly Exposure[]>()
const stepCache = new WeakMap<Step, readonly Exposure[]>()

/** How the job can be started: one entry per event that can reach it. */
export function jobExposures(job: Job): readonly Exposure[] {
  let exposures = jobCache.get(job)
  if (!exposures) {
    exposures = computeJob(job, 0)
    jobCache.set(job, exposures)
  }
  return exposures
}

/** How the step can be reached; for a step of a composite action, by everybody in the repository who uses it. */
export function stepExposures(step: Step): readonly Exposure[] {
  let exposures = stepCache.get(step)
  if (!exposures) {
    exposures = computeStep(step, 0)
    stepCache.set(step, exposures)
  }
  return exposures
}

function computeJob(job: Job, depth: number): readonly Exposure[] {
  if (depth > CALL_DEPTH_MAX) return []
  const own = holdingsOf(job)
  const exposures: Exposure[] = []
  for (const { event, node } of job.workflow.triggers) {
    if (event !== 'workflow_call') {
      exposures.push({ event, facts: triggerFacts(event), guards: [], passed: [], trigger: { workflow: job.workflow, node }, holds: own })
      continue
    }
    const callers = job.workflow.repository.callers.get(job.workflow.path) ?? []
    for (const caller of callers) {
      for (const exposure of computeJob(caller, depth + 1)) exposures.push({ ...exposure, holds: mergeHoldings(own, exposure.holds, job) })
    }
    if (callers.length === 0)
      exposures.push({
        event: 'unknown',
        facts: { startedBy: 'insider', privileged: true },
        guards: [],
        passed: [],
        trigger: { workflow: job.workflow, node },
        holds: own,
      })
  }
  return exposures.flatMap((exposure) => passConditions(exposure, job))
}

/** What the caller's permissions allow bounds the called job, unless it has none of its own. */
function mergeHoldings(own: Holdings, caller: Holdings, job: Job): Holdings {
  const inherits = job.permissions === undefined && job.workflow.permissions === undefined
  return {
    ...own,
    token: inherits ? caller.token : own.token,
    writes: inherits ? caller.writes : own.writes,
    secrets: own.secrets || caller.secrets,
    oidc: inherits ? caller.oidc : own.oidc,
  }
}

/** The conditions of the job and of the jobs it needs. */
function passConditions(exposure: Exposure, job: Job): Exposure[] {
  const guards = [...exposure.guards]
  const passed = [...exposure.passed]
  for (const [at, needed] of neededJobs(job).entries()) {
    if (!needed.if) continue
    // `always()` makes a job run though what it needs was skipped.
    if (at > 0 && job.if && runsRegardless(job.if)) continue
    const result = admission(needed.if, exposure.event, checksOf(needed))
    if (result.state === 'unreachable') return []
    if (result.state === 'guarded') guards.push({ kinds: result.kinds, node: needed.if, job: needed, step: undefined })
    else passed.push({ node: needed.if, job: needed })
  }
  for (const needed of neededJobs(job)) {
    if (needed !== job && job.if && runsRegardless(job.if)) continue
    if (needed.environment) guards.push({ kinds: ['environment'], node: needed.environment, job: needed, step: undefined })
    if (needed !== job) {
      const check = needed.steps.find(isPermissionCheck)
      // A job that fails unless the permission is there stops those that need it.
      if (check && failsByItself(check))
        guards.push({ kinds: ['permission'], node: check.uses?.node ?? check.run ?? needed.key, job: needed, step: check })
    }
  }
  return [{ ...exposure, guards, passed }]
}

function neededJobs(job: Job): Job[] {
  const found = [job]
  for (const current of found) {
    for (const need of current.needs) {
      const needed = job.workflow.jobs.find((other) => other.id === need.value)
      if (needed && !found.includes(needed)) found.push(needed)
    }
  }
  return found
}

function runsRegardless(condition: ScalarNode): boolean {
  const { expression } = conditionOf(condition)
  if (!expression) return false
  for (const part of walk(expression)) if (part.type === 'call' && /^(?:always|failure|cancelled)$/i.test(part.name)) return true
  return false
}

function computeStep(step: Step, depth: number): readonly Exposure[] {
  if (depth > CALL_DEPTH_MAX) return []
  let base: readonly Exposure[]
  if (step.job) base = jobExposures(step.job)
  else {
    const callers = step.action ? (step.action.repository.actionCallers.get(step.action.folder) ?? []) : []
    base = callers.flatMap((caller) => computeStep(caller, depth + 1))
    if (callers.length === 0) {
      const holds: Holdings = { token: 'default', writes: ['*'], secrets: false, oidc: false, selfHosted: false }
      base = [{ event: 'unknown', facts: { startedBy: 'insider', privileged: true }, guards: [], passed: [], trigger: undefined, holds }]
    }
  }
  return base.flatMap((exposure) => passStep(exposure, step))
}

function passStep(exposure: Exposure, step: Step): Exposure[] {
  const guards = [...exposure.guards]
  const checks = stepChecks(step)
  if (step.if && exposure.event !== 'unknown') {
    const result = admission(step.if, exposure.event, checks)
    if (result.state === 'unreachable') return []
    if (result.state === 'guarded') guards.push({ kinds: result.kinds, node: step.if, job: step.job, step })
  }
  for (const other of earlier(step)) {
    if (isPermissionCheck(other) && failsByItself(other))
      guards.push({
        kinds: ['permission'],
        node: other.uses?.node ?? other.run ?? step.uses?.node ?? other.name ?? firstScalar(other),
        job: step.job,
        step: other,
      })
  }
  return [{ ...exposure, guards }]
}

function firstScalar(step: Step): ScalarNode {
  const key = step.node.entries[0]?.key
  if (key) return key
  throw new Error('a step that checks a permission has a key')
}

const jobChecks = new WeakMap<Job, Checks>()

function checksOf(job: Job): Checks {
  const known = jobChecks.get(job)
  if (known) return known
  const jobs = new Set<string>()
  for (const need of job.needs) {
    const needed = job.workflow.jobs.find((other) => other.id === need.value)
    if (needed?.steps.some(isPermissionCheck)) jobs.add(needed.id.toLowerCase())
  }
  const checks = { steps: new Set<string>(), jobs }
  jobChecks.set(job, checks)
  return checks
}

function stepChecks(step: Step): Checks {
  const steps = new Set<string>()
  for (const other of earlier(step)) if (other.id !== undefined && isPermissionCheck(other)) steps.add(other.id)
  return { steps, jobs: step.job ? checksOf(step.job).jobs : new Set() }
}

const permissionChecks = new WeakMap<Step, boolean>()

/** Whether a step asks for the permission of the person behind the event. */
export function isPermissionCheck(step: Step): boolean {
  let answer = permissionChecks.get(step)
  if (answer === undefined) {
    answer = checksPermission(step)
    permissionChecks.set(step, answer)
  }
  return answer
}

function checksPermission(step: Step): boolean {
  if (step.uses) {
    if (PERMISSION_CHECKS.has(step.uses.action)) return true
    if (step.uses.action !== 'actions/github-script') return false
    const script = step.with.entries.get('script')?.value
    return isScalar(script) && asksPermission(script.value)
  }
  return step.run !== undefined && asksPermission(step.run.value)
}

function asksPermission(script: string): boolean {
  return /getCollaboratorPermissionLevel|checkMembershipForUser|getMembershipForUser|checkCollaborator|collaborators\/[^\s"']+(?:\/permission)?|author_association|orgs\/[^\s"']+\/(?:members|memberships)\/|teams\/[^\s"']+\/memberships/.test(
    script,
  )
}

/** Whether the check stops the job when the permission is missing, without anybody looking at its output. */
function failsByItself(step: Step): boolean {
  if (step.uses && step.uses.action !== 'actions/github-script')
    return (
      /check-actor-permissions-action|require|authorized-user|check-actor-permission|action-repository-permission|slash-command|github\/command/.test(
        step.uses.action,
      ) || step.with.entries.has('require')
    )
  const script = step.run?.value ?? input(step.with, 'script')?.value ?? ''
  return /\bexit\s+1|setFailed|throw\s+new|process\.exit/.test(script)
}

const holdingsCache = new WeakMap<Job, Holdings>()

/** What a job holds whatever starts it. */
export function holdingsOf(job: Job): Holdings {
  let holdings = holdingsCache.get(job)
  if (!holdings) {
    holdings = computeHoldings(job)
    holdingsCache.set(job, holdings)
  }
  return holdings
}

function computeHoldings(job: Job): Holdings {
  const permissions = job.permissions ?? job.workflow.permissions
  const writes: string[] = []
  let token: Holdings['token'] = 'default'
  if (permissions) {
    if (permissions.all === 'write-all') writes.push('*')
    for (const scope of permissions.scopes.values()) if (scope.access === 'write' && scope.name !== 'id-token') writes.push(scope.name)
    token = writes.length > 0 ? 'write' : permissions.all === 'none' ? 'none' : 'read'
  } else writes.push('*')
  const oidc = permissions?.all === 'write-all' || permissions?.scopes.get('id-token')?.access === 'write'
  return { token, writes, oidc, secrets: usesSecrets(job), selfHosted: isSelfHosted(job) }
}

/** Jobs that name a secret, and whether the workflow's own environment does; found in one pass per workflow. */
const secretUsers = new WeakMap<Workflow, { readonly jobs: ReadonlySet<Job>; readonly all: boolean }>()

function usesSecrets(job: Job): boolean {
  if (isScalar(job.secrets) && job.secrets.value === 'inherit') return true
  let users = secretUsers.get(job.workflow)
  if (!users) {
    const jobs = new Set<Job>()
    let all = false
    for (const { job: at, embedded } of placesOf(job.workflow)) {
      if (!embedded.expression || (at && jobs.has(at)) || !namesSecret(embedded.expression)) continue
      // Secrets in the environment of the whole workflow are in every job's.
      if (at) jobs.add(at)
      else all = true
    }
    users = { jobs, all }
    secretUsers.set(job.workflow, users)
  }
  return users.all || users.jobs.has(job)
}

function namesSecret(expression: Parameters<typeof references>[0]): boolean {
  for (const reference of references(expression)) {
    const path = pathOf(reference)
    if (path?.[0] === 'secrets' && path[1] !== 'github_token') return true
  }
  return false
}

/** Labels of runners that GitHub hosts. Source: docs.github.com, "GitHub-hosted runners reference". */
export function isHostedLabel(label: string): boolean {
  return /^(?:ubuntu|windows|macos)-(?:latest|slim|\d[\w.-]*)(?:-[\w-]+)?$/i.test(label.trim())
}

/** Whether a job certainly runs on somebody's own machine. */
export function isSelfHosted(job: Job): boolean {
  return job.runsOn?.labels.some((label) => label.value.toLowerCase() === 'self-hosted') ?? false
}

/** Guards whose word cannot be changed after it was given. */
const STRONG: ReadonlySet<GuardKind> = new Set(['event', 'actor', 'association', 'permission', 'repository', 'merged', 'run-event'])

export type Reach = 'open' | 'weakly-guarded' | 'guarded'
export function reachOf(exposure: Exposure): Reach {
  if (exposure.guards.length === 0) return 'open'
  return exposure.guards.some((guard) => guard.kinds.some((kind) => STRONG.has(kind))) ? 'guarded' : 'weakly-guarded'
}

/** How bad it is when what an outsider sends takes effect under an exposure. */
export function severityOf(exposure: Exposure): Severity {
  if (exposure.event === 'unknown') return 'medium'
  const { startedBy } = exposure.facts
  if (startedBy !== 'outsider') return 'low'
  const reach = reachOf(exposure)
  if (reach === 'guarded') return 'low'
  const base: Severity = isPrivileged(exposure) ? 'critical' : exposure.facts.privileged ? 'medium' : 'medium'
  if (reach === 'weakly-guarded') return base === 'critical' ? 'high' : 'low'
  return base
}

/** The worst of some exposures; undefined when there is none. */
export function worst(exposures: readonly Exposure[]): { readonly exposure: Exposure; readonly severity: Severity } | undefined {
  const order: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
  let found: { exposure: Exposure; severity: Severity } | undefined
  for (const exposure of exposures) {
    const severity = severityOf(exposure)
    if (!found || order.indexOf(severity) > order.indexOf(found.severity)) found = { exposure, severity }
  }
  return found
}

/** The trigger, the guards and what the job holds, as steps of an explanation. */
export function explainExposure(exposure: Exposure): TraceStep[] {
  const steps: TraceStep[] = []
  if (exposure.trigger) {
    const who =
      exposure.facts.startedBy === 'outsider'
        ? 'Anybody can start this'
        : exposure.facts.startedBy === 'indirect'
          ? 'An outsider gets here once a change is merged'
          : 'Starting this needs write access'
    const what = exposure.facts.privileged ? 'with the repository’s token and secrets' : 'without secrets and with a token that only reads'
    steps.push({
      role: 'source',
      message: `${who}: the event ${exposure.event} runs ${what}.`,
      file: exposure.trigger.workflow.file,
      range: exposure.trigger.node,
    })
  }
  for (const { node, job } of exposure.passed)
    steps.push({ role: 'path', message: 'This condition lets it through.', file: job.workflow.file, range: node })
  for (const { kinds, node, job, step } of exposure.guards) {
    const file = step ? unitOf(step)?.file : job?.workflow.file
    if (file) steps.push({ role: 'guard', message: `Guarded by ${kinds.map(describeGuard).join(' and ')}.`, file, range: node })
  }
  return steps
}

function describeGuard(kind: GuardKind): string {
  const words: Readonly<Record<GuardKind, string>> = {
    event: 'the kind of event',
    actor: 'a check of who acts',
    association: 'a check of the author’s association',
    permission: 'a check of the person’s permission',
    repository: 'a check that the change comes from this repository',
    label: 'a label, which stays when the change is pushed again',
    merged: 'a check that the change was merged',
    'run-event': 'a check of what started the first workflow',
    environment: 'an environment, which protects only if it requires a review',
  }
  return words[kind]
}

/** Where a job names secrets: what code that runs in it can take. */
export function secretsWithinReach(job: Job): TraceStep[] {
  return placesOf(job.workflow)
    .filter(
      ({ job: at, embedded }) => (at === undefined || at === job) && embedded.expression !== undefined && namesSecret(embedded.expression),
    )
    .slice(0, 20)
    .map((place) => ({ role: 'path', message: 'This secret is within reach.', file: job.workflow.file, range: rangeOf(place) }))
}

/** What a job holds, in words; for messages. */
export function describeHoldings(holds: Holdings): string {
  const parts: string[] = []
  if (holds.token === 'default') parts.push('a token with the default permissions, which may be to write')
  else if (holds.token === 'write')
    parts.push(holds.writes.includes('*') ? 'a token that writes everything' : `a token that writes ${holds.writes.slice(0, 3).join(', ')}`)
  if (holds.oidc) parts.push('the right to an identity token')
  if (holds.secrets) parts.push('secrets')
  if (holds.selfHosted) parts.push('a self-hosted machine')
  return parts.length === 0 ? 'a token that only reads' : parts.join(', ')
}
