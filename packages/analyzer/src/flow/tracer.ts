/* What the parts of the data flow share, so that scripts and expressions can ask each other without importing each other. */
import type { Expression } from '../expressions/ast.ts'
import type { Action, Job, Step, Workflow } from '../model/types.ts'
import type { TraceStep } from '../rule.ts'
import type { ScalarNode } from '../yaml/tree.ts'
import type { SourceKind, Trust } from './sources.ts'

export interface Flow {
  /** As a reader knows it: `github.event.issue.title`, or the output of a command. */
  readonly source: string
  readonly kind: SourceKind
  readonly trust: Trust
  /** Events that carry the source; undefined for all. */
  readonly events: readonly string[] | undefined
  /** From the source on, without the sink. */
  readonly trace: readonly TraceStep[]
}

/** Where an expression stands, so that its contexts can be looked up. */
export interface Scope {
  readonly unit: Workflow | Action
  readonly job: Job | undefined
  readonly step: Step | undefined
  /** The call that led here; without it all callers in the repository count. */
  readonly caller?: Frame
}
export interface Frame {
  readonly place: Job | Step
  readonly scope: Scope
}

/** Questions that scripts ask about the workflow around them. */
export interface Tracer {
  readonly resolveEnv: (name: string, scope: Scope, depth: number) => Flow[]
  readonly flowsInto: (expression: Expression, scalar: ScalarNode, scope: Scope, depth: number) => Flow[]
  readonly flowsIntoScalar: (scalar: ScalarNode, scope: Scope, depth: number) => Flow[]
}
