/*
 * Where a value comes from. Follows references through environment, step and job outputs, inputs of composite actions and reusable
 * workflows, the matrix, and the commands of scripts, back to a source; each flow carries the places it went through.
 */
import { PASSING_INPUTS, UNTRUSTED_OUTPUTS } from '../data/actions.ts'
import { contributions, type Contribution } from '../expressions/contexts.ts'
import type { Expression } from '../expressions/ast.ts'
import { expressionsOf } from '../expressions/embedded.ts'
import { localAction, reusableWorkflow } from '../model/repository.ts'
import { earlier, fileOf, hasTrigger, type Action, type Job, type Step, type Workflow } from '../model/types.ts'
import type { TraceStep } from '../rule.ts'
import type { SourceFile } from '../source.ts'
import { child, isMap, isScalar, scalarsBelow, sourceRange, textOf, type ScalarNode, type YamlNode } from '../yaml/tree.ts'
import { contextSource, RUNNER_VARIABLES, type SourceKind, type Trust } from './sources.ts'
import { computeEffects, type ScriptEffects } from './script.ts'
import type { Flow, Frame, Scope, Tracer } from './tracer.ts'
import { javascriptOutputs } from './javascript.ts'

export type { Flow, Scope } from './tracer.ts'

/** More flows into one place say nothing new. */
const FLOWS_MAX = 6
const DEPTH_MAX = 12

const tracer: Tracer = { resolveEnv, flowsInto, flowsIntoScalar }

const effects = new WeakMap<Step, ScriptEffects>()

/** What a `run` step does with values. Remembered for steps that are looked at without a particular caller. */
export function scriptEffects(step: Step, scope: Scope, depth = 0): ScriptEffects {
  const known = scope.caller === undefined ? effects.get(step) : undefined
  if (known) return known
  const computed = computeEffects(step, scope, tracer, depth)
  // Cut off by the depth, it would be incomplete for who asks later.
  if (scope.caller === undefined && depth < DEPTH_MAX / 2) effects.set(step, computed)
  return computed
}

export function scopeOf(place: {
  readonly unit: Workflow | Action
  readonly job: Job | undefined
  readonly step: Step | undefined
}): Scope {
  return { unit: place.unit, job: place.job, step: place.step }
}

export function scopeOfStep(step: Step): Scope {
  const unit = step.action ?? step.job?.workflow
  if (!unit) throw new Error('a step stands in a job or in an action')
  return { unit, job: step.job, step }
}

/** Flows into an expression that stands in `scalar`. */
export function flowsInto(expression: Expression, scalar: ScalarNode, scope: Scope, depth = 0): Flow[] {
  const flows: Flow[] = []
  for (const contribution of contributions(expression)) {
    for (const flow of flowsOfReference(contribution, scalar, scope, depth)) push(flows, flow)
  }
  return flows
}

/** Flows into a scalar through all its expressions. */
export function flowsIntoScalar(scalar: ScalarNode, scope: Scope, depth = 0): Flow[] {
  const flows: Flow[] = []
  for (const { expression } of expressionsOf(scalar))
    if (expression) for (const flow of flowsInto(expression, scalar, scope, depth)) push(flows, flow)
  return flows
}

function push(flows: Flow[], flow: Flow): void {
  if (flows.length < FLOWS_MAX && !flows.some((other) => other.source === flow.source && other.trust === flow.trust)) flows.push(flow)
}

/** Flows of one reference. */
export function flowsOfReference({ path, json, reference }: Contribution, scalar: ScalarNode, scope: Scope, depth = 0): Flow[] {
  if (depth > DEPTH_MAX) return []
  const at: TraceStep = {
    role: 'source',
    message: path.join('.'),
    file: scope.unit.file,
    range: sourceRange(scalar, reference.start, reference.end),
  }
  const next = depth + 1
  switch (path[0]) {
    case 'github': {
      if (path[1] === 'event' && path[2] === 'inputs' && path[3] !== undefined) return resolveInput(path[3], scope, at, next)
      const source = contextSource(path, json)
      if (!source) return []
      return [
        {
          source: source.name,
          kind: source.kind,
          trust: source.trust,
          events: source.events,
          trace: [{ ...at, message: describeSource(source.name, source.trust) }],
        },
      ]
    }
    case 'inputs':
      return path[1] === undefined ? [] : resolveInput(path[1], scope, at, next)
    case 'env':
      return path[1] === undefined ? [] : resolveEnv(nameAsWritten(reference, path[1]), scope, next)
    case 'steps':
      return path[1] === undefined || (path[2] !== 'outputs' && path[2] !== undefined)
        ? []
        : resolveStepOutput(path[1], path[3] ?? '*', scope, at, next)
    case 'needs':
      return path[1] === undefined || (path[2] !== 'outputs' && path[2] !== undefined)
        ? []
        : resolveJobOutput(path[1], path[3] ?? '*', scope, at, next)
    case 'jobs':
      return path[1] === undefined ? [] : resolveJobOutput(path[1], path[3] ?? '*', scope, at, next)
    case 'matrix':
      return resolveMatrix(path.slice(1), scope, next)
    default:
      return []
  }
}

function describeSource(name: string, trust: Trust): string {
  if (trust === 'outsider') return `${name} is written by whoever caused the event.`
  if (trust === 'insider') return `${name} is chosen by somebody with write access.`
  return `${name} comes in here.`
}

/** The name of a variable has case, which the lower-case path has lost. */
function nameAsWritten(reference: Expression, lower: string): string {
  if (reference.type === 'property') return reference.name
  if (reference.type === 'index' && reference.index.type === 'literal' && typeof reference.index.value === 'string')
    return reference.index.value
  return lower
}

function via(flows: readonly Flow[], message: string, file: SourceFile, range: { readonly start: number; readonly end: number }): Flow[] {
  return flows.map((flow) => ({
    ...flow,
    trace: [...flow.trace, { role: 'path', message, file, range: { start: range.start, end: range.end } }],
  }))
}

/** Flows into an environment variable as a step sees it. */
export function resolveEnv(name: string, scope: Scope, depth = 0): Flow[] {
  if (depth > DEPTH_MAX) return []
  const { step, job, unit } = scope
  const file = unit.file
  const own = step?.env.variables.get(name)
  if (own)
    return isScalar(own.value)
      ? via(flowsIntoScalar(own.value, scope, depth + 1), `into the variable ${name} of the step`, file, own.key)
      : []
  // A later write to GITHUB_ENV wins over the environment of job and workflow.
  if (step) {
    for (const other of [...earlier(step)].reverse()) {
      const written = writtenVariables(other, scope, depth)
      const flows = written.get(name)
      if (flows && flows.length > 0) return via(flows, `into the variable ${name} for all later steps`, file, other.run ?? other.node)
    }
  }
  for (const env of [job?.env, unit.kind === 'workflow' ? unit.env : undefined]) {
    const entry = env?.variables.get(name)
    if (entry)
      return isScalar(entry.value)
        ? via(flowsIntoScalar(entry.value, { ...scope, step: undefined }, depth + 1), `into the variable ${name}`, file, entry.key)
        : []
  }
  const repeated = RUNNER_VARIABLES.get(name)
  const source = repeated && contextSource(repeated, false)
  if (source) return [{ source: name, kind: source.kind, trust: source.trust, events: source.events, trace: [] }]
  const frame = scope.caller
  if (frame && frame.place.kind === 'step') return resolveEnv(name, { ...frame.scope, step: frame.place }, depth + 1)
  return []
}

function writtenVariables(step: Step, scope: Scope, depth: number): ReadonlyMap<string, readonly Flow[]> {
  if (step.run) return scriptEffects(step, { ...scope, step }, depth + 1).env
  return new Map()
}

function resolveStepOutput(id: string, name: string, scope: Scope, at: TraceStep, depth: number): Flow[] {
  const siblings = scope.step?.siblings ?? scope.job?.steps ?? (scope.unit.kind === 'action' ? scope.unit.steps : [])
  const step = siblings.find((other) => other.id === id)
  if (!step) return []
  return via(
    outputsOf(step, name, { ...scope, step }, depth),
    `into the output ${name === '*' ? '' : `${name} `}of the step ${id}`,
    at.file,
    at.range,
  )
}

/** Flows into an output of a step; `*` for all of them. */
function outputsOf(step: Step, name: string, scope: Scope, depth = 0): Flow[] {
  if (depth > DEPTH_MAX) return []
  const file = fileOf(step)
  if (step.run) {
    const { outputs } = scriptEffects(step, scope, depth + 1)
    const flows = name === '*' ? [...outputs.values()].flat() : [...(outputs.get(name) ?? []), ...(outputs.get('*') ?? [])]
    return via(flows, 'written to GITHUB_OUTPUT by this script', file, { start: step.run.start, end: step.run.start + 1 })
  }
  const { uses } = step
  if (!uses) return []
  if (uses.action === 'actions/github-script') return javascriptOutputs(step, name, scope, tracer, depth + 1)
  const action = localAction(scope.unit.repository, uses)
  if (action) {
    const inner: Scope = { unit: action, job: undefined, step: undefined, caller: { place: step, scope } }
    const flows: Flow[] = []
    for (const [key, entry] of action.outputs) {
      if (name !== '*' && key !== name) continue
      const value = child(entry.value, 'value')
      if (isScalar(value)) for (const flow of flowsIntoScalar(value, inner, depth + 1)) push(flows, flow)
    }
    return via(flows, `through the action ${uses.text}`, file, uses.node)
  }
  const modelled = UNTRUSTED_OUTPUTS.get(uses.action)
  if (modelled) {
    const kind = modelledKind(modelled, name)
    if (kind === undefined) return []
    const message = `${uses.action} puts what an outsider wrote (${describeKind(kind)}) into its output.`
    return [
      {
        source: `${uses.action} output`,
        kind,
        trust: 'outsider',
        events: ['pull_request', 'pull_request_target', 'push', 'issues', 'issue_comment', 'workflow_run'],
        trace: [{ role: 'source', message, file, range: uses.node }],
      },
    ]
  }
  const flows: Flow[] = []
  for (const passed of PASSING_INPUTS.get(uses.action) ?? []) {
    const value = step.with.entries.get(passed)?.value
    if (isScalar(value)) for (const flow of flowsIntoScalar(value, scope, depth + 1)) push(flows, flow)
  }
  return flows
}

/** Counts and yes-or-no outputs hold nothing of the names. */
function modelledKind(modelled: Readonly<Record<string, SourceKind>>, name: string): SourceKind | undefined {
  if (/^(?:any|only)_|_count$|_any_|_only_/.test(name)) return undefined
  return (
    modelled[name] ??
    (name.endsWith('_files') ? modelled['*_files'] : undefined) ??
    modelled['*'] ??
    (name === '*' ? Object.values(modelled)[0] : undefined)
  )
}

function describeKind(kind: SourceKind): string {
  return kind === 'path' ? 'names of changed files' : kind === 'branch' ? 'a branch name' : kind
}

function resolveJobOutput(id: string, name: string, scope: Scope, at: TraceStep, depth: number): Flow[] {
  if (scope.unit.kind !== 'workflow') return []
  const job = scope.unit.jobs.find((other) => other.id.toLowerCase() === id)
  if (!job) return []
  const flows: Flow[] = []
  if (job.uses) {
    const callee = reusableWorkflow(scope.unit.repository, job.uses)
    const outputs = callee && child(child(child(callee.root, 'on'), 'workflow_call'), 'outputs')
    if (callee && isMap(outputs)) {
      const inner: Scope = {
        unit: callee,
        job: undefined,
        step: undefined,
        caller: { place: job, scope: { ...scope, job, step: undefined } },
      }
      for (const entry of outputs.entries) {
        if (name !== '*' && entry.key.value.toLowerCase() !== name) continue
        const value = child(entry.value, 'value')
        if (isScalar(value)) for (const flow of flowsIntoScalar(value, inner, depth)) push(flows, flow)
      }
    }
  }
  for (const [key, entry] of job.outputs) {
    if (name !== '*' && key !== name) continue
    if (isScalar(entry.value)) for (const flow of flowsIntoScalar(entry.value, { ...scope, job, step: undefined }, depth)) push(flows, flow)
  }
  return via(flows, `into the output ${name === '*' ? '' : `${name} `}of the job ${job.id}`, at.file, at.range)
}

function resolveInput(name: string, scope: Scope, at: TraceStep, depth: number): Flow[] {
  const { unit, caller } = scope
  if (caller) return resolveCall(caller, name, unit, depth)
  const flows: Flow[] = []
  if (unit.kind === 'action') {
    const callers = unit.repository.actionCallers.get(unit.folder) ?? []
    for (const step of callers.slice(0, 20))
      for (const flow of resolveCall({ place: step, scope: scopeOfStep(step) }, name, unit, depth)) push(flows, flow)
    const input = unit.inputs.get(name)
    if (input?.default && callers.length === 0) for (const flow of flowsIntoScalar(input.default, scope, depth)) push(flows, flow)
    if (flows.length === 0) {
      // Without a caller in sight anybody may call it; with callers that pass nothing of an outsider's it is their own.
      flows.push({
        source: `inputs.${name}`,
        kind: 'input',
        trust: isPublished(unit) ? 'caller' : 'insider',
        events: undefined,
        trace: [{ ...at, message: `inputs.${name} is whatever the caller of this action passes.` }],
      })
    }
    return flows
  }
  const declared = inputDeclarations(unit, name)
  for (const { event, type } of declared) {
    if (/^(?:boolean|number|choice|environment)$/.test(type)) continue
    if (event === 'workflow_dispatch') {
      flows.push({
        source: `inputs.${name}`,
        kind: 'input',
        trust: 'insider',
        events: ['workflow_dispatch'],
        trace: [{ ...at, message: `inputs.${name} is typed in by whoever starts the workflow, which needs write access.` }],
      })
      continue
    }
    const callers = unit.repository.callers.get(unit.path) ?? []
    for (const job of callers.slice(0, 20))
      for (const flow of resolveCall({ place: job, scope: { unit: job.workflow, job, step: undefined } }, name, unit, depth))
        push(flows, flow)
    if (callers.length === 0)
      flows.push({
        source: `inputs.${name}`,
        kind: 'input',
        trust: 'insider',
        events: undefined,
        trace: [{ ...at, message: `inputs.${name} is whatever the calling workflow passes.` }],
      })
  }
  return flows
}

/** Whether others are meant to use an action; those in `.github` serve the repository itself. */
function isPublished(action: Action): boolean {
  return !/(?:^|\/)\.github\//.test(action.path)
}

/** Where an input of a workflow is declared, with its type (`string` unless given). */
export function inputDeclarations(workflow: Workflow, name: string): { event: string; type: string }[] {
  const found: { event: string; type: string }[] = []
  for (const trigger of workflow.triggers) {
    if (trigger.event !== 'workflow_dispatch' && trigger.event !== 'workflow_call') continue
    const inputs = child(trigger.options, 'inputs')
    if (!isMap(inputs)) continue
    const entry = inputs.entries.find((one) => one.key.value.toLowerCase() === name)
    if (entry) found.push({ event: trigger.event, type: textOf(entry.value, 'type') ?? 'string' })
  }
  return found
}

function resolveCall(frame: Frame, name: string, callee: Workflow | Action, depth: number): Flow[] {
  if (depth > DEPTH_MAX) return []
  const entry = frame.place.with.entries.get(name)
  if (entry) {
    if (!isScalar(entry.value)) return []
    const what = callee.kind === 'action' ? 'action' : 'workflow'
    return via(
      flowsIntoScalar(entry.value, frame.scope, depth + 1),
      `into the input ${name} of the ${what} ${frame.place.uses?.text ?? ''}`,
      frame.scope.unit.file,
      entry.key,
    )
  }
  const standard = callee.kind === 'action' ? callee.inputs.get(name)?.default : undefined
  return standard ? flowsIntoScalar(standard, { unit: callee, job: undefined, step: undefined, caller: frame }, depth + 1) : []
}

function resolveMatrix(path: readonly string[], scope: Scope, depth: number): Flow[] {
  const matrix = scope.job?.matrix
  if (!matrix) return []
  const outer: Scope = { ...scope, step: undefined }
  const nodes: YamlNode[] = []
  if (isScalar(matrix)) nodes.push(matrix)
  else if (isMap(matrix)) {
    const key = path[0]
    for (const entry of matrix.entries) {
      const name = entry.key.value.toLowerCase()
      if (key === undefined || key === '*' || name === key) nodes.push(entry.value)
      else if (name === 'include') nodes.push(entry.value)
    }
  }
  const flows: Flow[] = []
  for (const node of nodes) {
    for (const scalar of scalarsBelow(node))
      for (const flow of via(flowsIntoScalar(scalar, outer, depth), 'into the matrix', scope.unit.file, scalar)) push(flows, flow)
  }
  return flows
}

/** Whether a workflow is only ever called. */
export function isOnlyCalled(workflow: Workflow): boolean {
  return hasTrigger(workflow, 'workflow_call') && workflow.triggers.length === 1
}
