/* The model: workflows, actions and Dependabot configurations as the rules see them. Everything optional may be absent or malformed. */
import type { SourceFile } from '../source.ts'
import type { Comment, Entry, MapNode, ScalarNode, YamlNode } from '../yaml/tree.ts'
import type { Uses } from './uses.ts'

export type Unit = Workflow | Action | Dependabot | Other

interface UnitBase {
  readonly file: SourceFile
  /** Path inside its repository, such as `.github/workflows/ci.yml`. */
  readonly path: string
  readonly repository: Repository
  readonly comments: readonly Comment[]
  readonly root: MapNode
}

/** What is scanned together: local references and callers are looked up here. */
export interface Repository {
  /** Folder as the caller named it; for messages. */
  readonly name: string
  readonly units: readonly Unit[]
  readonly workflows: readonly Workflow[]
  readonly actions: readonly Action[]
  /** By path inside the repository. */
  readonly byPath: ReadonlyMap<string, Unit>
  /** Jobs that call a reusable workflow, by the callee's path. */
  readonly callers: ReadonlyMap<string, readonly Job[]>
  /** Steps that use a local action, by the action folder. */
  readonly actionCallers: ReadonlyMap<string, readonly Step[]>
  /** Text of other files that rules know, by path: `CODEOWNERS`, `.github/workflows/actions.lock`. */
  readonly texts: ReadonlyMap<string, SourceFile>
}

export interface Workflow extends UnitBase {
  readonly kind: 'workflow'
  readonly name: ScalarNode | undefined
  /** The `on` entry. */
  readonly on: Entry | undefined
  readonly triggers: readonly Trigger[]
  readonly permissions: Permissions | undefined
  readonly env: Env
  readonly defaultShell: ScalarNode | undefined
  readonly concurrency: YamlNode | undefined
  readonly jobs: readonly Job[]
}

export interface Trigger {
  readonly event: string
  /** The scalar that names it. */
  readonly node: ScalarNode
  /** Its map of options. */
  readonly options: MapNode | undefined
  /** `types`, or empty when GitHub's default applies. */
  readonly types: readonly string[]
}

export interface Permissions {
  readonly entry: Entry
  readonly node: YamlNode
  /** `read-all` and `write-all`; `none` for `{}`; undefined when it is a map. */
  readonly all: 'read-all' | 'write-all' | 'none' | undefined
  readonly scopes: ReadonlyMap<string, Scope>
}
export interface Scope {
  readonly name: string
  readonly access: string
  readonly key: ScalarNode
  readonly value: ScalarNode
}

export interface Env {
  readonly node: YamlNode | undefined
  readonly variables: ReadonlyMap<string, Entry>
}

/** `with` of a step or of a job that calls a workflow. Input names have no case. */
export interface Inputs {
  readonly node: YamlNode | undefined
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Job {
  readonly kind: 'job'
  readonly id: string
  readonly key: ScalarNode
  readonly node: MapNode
  readonly workflow: Workflow
  readonly name: ScalarNode | undefined
  readonly needs: readonly ScalarNode[]
  readonly if: ScalarNode | undefined
  readonly runsOn: RunsOn | undefined
  readonly permissions: Permissions | undefined
  readonly environment: ScalarNode | undefined
  readonly env: Env
  readonly defaultShell: ScalarNode | undefined
  readonly matrix: YamlNode | undefined
  readonly container: YamlNode | undefined
  readonly services: MapNode | undefined
  readonly steps: readonly Step[]
  /** Set when the job calls a reusable workflow. */
  readonly uses: Uses | undefined
  readonly with: Inputs
  readonly secrets: YamlNode | undefined
  readonly outputs: ReadonlyMap<string, Entry>
}

export interface RunsOn {
  readonly node: YamlNode
  readonly labels: readonly ScalarNode[]
  readonly group: ScalarNode | undefined
}

export type ShellName = 'bash' | 'sh' | 'pwsh' | 'powershell' | 'cmd' | 'python' | 'node' | 'unknown'

export interface Step {
  readonly kind: 'step'
  readonly node: MapNode
  /** Where it stands: in a job, or in a composite action. */
  readonly job: Job | undefined
  readonly action: Action | undefined
  readonly index: number
  readonly id: string | undefined
  readonly name: ScalarNode | undefined
  readonly if: ScalarNode | undefined
  readonly run: ScalarNode | undefined
  /** Explicit or inherited `shell`; undefined when GitHub's default applies. */
  readonly shellNode: ScalarNode | undefined
  readonly shell: ShellName
  readonly workingDirectory: ScalarNode | undefined
  readonly uses: Uses | undefined
  readonly with: Inputs
  readonly env: Env
  /** All steps of its job or action, `parallel` groups opened. */
  readonly siblings: readonly Step[]
  readonly background: boolean
}

export interface Action extends UnitBase {
  readonly kind: 'action'
  /** Folder of the action inside its repository; empty at the root. */
  readonly folder: string
  readonly name: ScalarNode | undefined
  readonly inputs: ReadonlyMap<string, ActionInput>
  readonly outputs: ReadonlyMap<string, Entry>
  readonly using: ScalarNode | undefined
  readonly runs: MapNode | undefined
  readonly steps: readonly Step[]
}
export interface ActionInput {
  readonly key: ScalarNode
  readonly node: YamlNode
  readonly default: ScalarNode | undefined
}

export interface Dependabot extends UnitBase {
  readonly kind: 'dependabot'
  readonly updates: readonly DependabotUpdate[]
}
export interface DependabotUpdate {
  readonly node: MapNode
  readonly ecosystem: ScalarNode | undefined
}

/** A YAML file that is none of the above; only raw rules look at it. */
export interface Other extends UnitBase {
  readonly kind: 'other'
}

/** Steps of the same job before this one. */
export function earlier(step: Step): readonly Step[] {
  return step.siblings.slice(0, step.index)
}
/** Steps of the same job after this one. */
export function later(step: Step): readonly Step[] {
  return step.siblings.slice(step.index + 1)
}
/** The unit in which a step or job stands. */
export function unitOf(place: Step | Job): Workflow | Action | undefined {
  if (place.kind === 'job') return place.workflow
  return place.action ?? place.job?.workflow
}
/** The file in which a step or job stands. */
export function fileOf(place: Step | Job): SourceFile {
  const unit = unitOf(place)
  // Every step is made by the reader with a job or an action.
  if (!unit) throw new Error('a step stands in a job or in an action')
  return unit.file
}
/** A scalar input of `with`, by name without case. */
export function input(inputs: Inputs, name: string): ScalarNode | undefined {
  const value = inputs.entries.get(name)?.value
  return value?.kind === 'scalar' ? value : undefined
}
export function hasTrigger(workflow: Workflow, ...events: readonly string[]): boolean {
  return workflow.triggers.some((trigger) => events.includes(trigger.event))
}
