/* Every expression of a unit with the place where it stands. */
import { conditionOf, expressionsOf, type Embedded } from '../expressions/embedded.ts'
import type { Range } from '../source.ts'
import { isMap, isNull, isScalar, scalarsBelow, sourceRange, type ScalarNode, type YamlNode } from '../yaml/tree.ts'
import type { Action, Job, Step, Unit, Workflow } from './types.ts'

/**
 * What the expression is part of: `run` a script; `with` an input of an action or workflow; `env` a variable; `if` a condition; `output`
 * an output; everything else `other`.
 */
export type PlaceRole = 'run' | 'with' | 'env' | 'if' | 'output' | 'other'

export interface ExpressionPlace {
  readonly embedded: Embedded
  readonly scalar: ScalarNode
  readonly unit: Workflow | Action
  readonly job: Job | undefined
  readonly step: Step | undefined
  readonly role: PlaceRole
  /** Key under which it stands: the input, the variable, `run`, `if`, `name`, … */
  readonly key: string
  /** Only for `if`: text around the fence, which makes it always true. */
  readonly mixed: boolean
}

/** The range in the file of an expression place, fences included. */
export function rangeOf(place: ExpressionPlace): Range {
  return sourceRange(place.scalar, place.embedded.start, place.embedded.end)
}

/** The range in the file of a part of the expression. */
export function rangeIn(place: { readonly scalar: ScalarNode }, part: Range): Range {
  return sourceRange(place.scalar, part.start, part.end)
}

const cache = new WeakMap<Unit, readonly ExpressionPlace[]>()

/** All expressions of a unit, in the order of the model. Computed once. */
export function placesOf(unit: Workflow | Action): readonly ExpressionPlace[] {
  let places = cache.get(unit)
  if (!places) {
    const list: ExpressionPlace[] = []
    if (unit.kind === 'workflow') workflowPlaces(unit, list)
    else actionPlaces(unit, list)
    places = list
    cache.set(unit, places)
  }
  return places
}

interface At {
  readonly unit: Workflow | Action
  readonly job: Job | undefined
  readonly step: Step | undefined
}

function add(list: ExpressionPlace[], at: At, role: PlaceRole, key: string, node: YamlNode | undefined): void {
  for (const scalar of scalarsBelow(node)) {
    if (role === 'if') {
      if (isNull(scalar)) continue
      const { mixed, ...embedded } = conditionOf(scalar)
      list.push({ embedded, scalar, ...at, role, key, mixed })
    } else for (const embedded of expressionsOf(scalar)) list.push({ embedded, scalar, ...at, role, key, mixed: false })
  }
}

function workflowPlaces(workflow: Workflow, list: ExpressionPlace[]): void {
  const at: At = { unit: workflow, job: undefined, step: undefined }
  for (const { key, value } of workflow.root.entries) {
    if (key.value === 'jobs') continue
    if (key.value === 'env') addMap(list, at, 'env', 'env', value)
    else add(list, at, 'other', key.value, value)
  }
  for (const job of workflow.jobs) jobPlaces(job, list)
}

/** A map whose keys name what stands there; anything else stands under `otherwise`. */
function addMap(list: ExpressionPlace[], at: At, role: PlaceRole, otherwise: string, node: YamlNode | undefined): void {
  if (isMap(node)) for (const entry of node.entries) add(list, at, role, entry.key.value, entry.value)
  else add(list, at, role, otherwise, node)
}

function jobPlaces(job: Job, list: ExpressionPlace[]): void {
  const at: At = { unit: job.workflow, job, step: undefined }
  for (const { key, value } of job.node.entries) {
    switch (key.value) {
      case 'steps':
        break
      case 'if':
        if (isScalar(value)) add(list, at, 'if', 'if', value)
        break
      case 'env':
        addMap(list, at, 'env', 'env', value)
        break
      case 'with':
        addMap(list, at, 'with', 'with', value)
        break
      case 'outputs':
        addMap(list, at, 'output', 'outputs', value)
        break
      default:
        add(list, at, 'other', key.value, value)
    }
  }
  for (const step of job.steps) stepPlaces(step, { unit: job.workflow, job, step }, list)
}

function stepPlaces(step: Step, at: At, list: ExpressionPlace[]): void {
  for (const { key, value } of step.node.entries) {
    switch (key.value) {
      case 'if':
        if (isScalar(value)) add(list, at, 'if', 'if', value)
        break
      case 'env':
        addMap(list, at, 'env', 'env', value)
        break
      case 'with':
        addMap(list, at, 'with', 'with', value)
        break
      case 'run':
        add(list, at, 'run', 'run', value)
        break
      default:
        add(list, at, 'other', key.value, value)
    }
  }
}

function actionPlaces(action: Action, list: ExpressionPlace[]): void {
  const at: At = { unit: action, job: undefined, step: undefined }
  for (const { key, value } of action.root.entries) {
    if (key.value === 'outputs' && isMap(value)) {
      for (const output of value.entries) add(list, at, 'output', output.key.value, output.value)
    } else if (key.value === 'runs' && isMap(value)) {
      for (const part of value.entries)
        if (part.key.value !== 'steps') addMap(list, at, part.key.value === 'env' ? 'env' : 'other', part.key.value, part.value)
    } else if (key.value !== 'inputs') add(list, at, 'other', key.value, value)
  }
  for (const step of action.steps) stepPlaces(step, { unit: action, job: undefined, step }, list)
}
