/* The three things a step can be: a script, a Node action, a composite action. Each process starts here and nowhere else. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Action, downloadAction, readAction } from './actions.ts'
import type { Diag } from './diag.ts'
import { actionEnvironment, type JobEnvironment, pathWith, stepEnvironment } from './environment.ts'
import { expand, expandAll, type Lookup } from './expressions.ts'
import { createFileCommands, type FileCommands, isProtectedName, readAssignments, readPathFile } from './file-commands.ts'
import type { Layout } from './layout.ts'
import type { Masks } from './masks.ts'
import type { JobMessage, ScriptStep, StepPlan } from './message.ts'
import { runStepProcess, type StepProcess } from './process.ts'

/** A job while it runs. */
export interface Job {
  readonly message: JobMessage
  readonly layout: Layout
  readonly masks: Masks
  readonly diag: Diag
  readonly environment: JobEnvironment
  /** By full name: `steps.ID.outputs.NAME`. */
  readonly outputs: Map<string, string>
  readonly github: Readonly<Record<string, string>>
  readonly base: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Steps whose action has a post stage, in the order their main stage ran. */
  readonly post: StepScope[]
}

/** A step with the names it can see. */
export interface StepScope {
  readonly step: StepPlan
  readonly name: string
  readonly display: string
  readonly action: Action | null
  readonly state: Map<string, string>
  readonly lookup: Lookup
  readonly environment: () => Record<string, string>
}

/** Runs a `run:` step. Returns its exit code. */
export async function runScriptStep(job: Job, scope: StepScope, script: ScriptStep): Promise<number> {
  const shell = script.shell ? expand(script.shell, scope.lookup) : 'default'
  const file = join(job.layout.temp, `${randomUUID()}.${shell === 'python' ? 'py' : 'sh'}`)
  writeFileSync(file, expand(script.run, scope.lookup))
  const [program, args] = shellCommand(shell, file)
  const files = createFileCommands(job.layout.fileCommands, randomUUID())
  const cwd = script.workingDirectory ? join(job.layout.workspace, expand(script.workingDirectory, scope.lookup)) : job.layout.workspace
  const env = stepProcessEnvironment(job, scope, files)
  return finish(job, scope, files, { file: findProgram(program, env['PATH'] ?? ''), args, cwd, env })
}

/** Runs a `uses:` step, of either kind. Returns its exit code. */
export async function runActionStep(job: Job, given: StepScope): Promise<number> {
  const scope = given.action ? given : { ...given, action: localAction(job, given) }
  if (scope.action?.runs.kind === 'composite') return runComposite(job, scope, scope.action)
  if (scope.action?.runs.kind === 'node' && scope.action.runs.post !== undefined) job.post.push(scope)
  return nodeStage(job, scope, 'main')
}

/** Runs one stage of a Node action. Returns its exit code. */
export async function nodeStage(job: Job, scope: StepScope, stage: 'pre' | 'main' | 'post'): Promise<number> {
  const { action } = scope
  if (action?.runs.kind !== 'node') throw new Error(`${scope.display} is not a Node action`)
  const script = action.runs[stage]
  if (script === undefined) return 0
  const files = createFileCommands(job.layout.fileCommands, randomUUID())
  const token = job.message.variables['ACTIONS_RUNTIME_TOKEN']?.value ?? ''
  const env = {
    ...stepProcessEnvironment(job, scope, files),
    ...actionEnvironment(inputsOf(scope, action), scope.state, token),
  }
  const node = join(job.layout.externals, 'node24', 'bin', 'node')
  return finish(job, scope, files, { file: node, args: [join(action.folder, script)], cwd: job.layout.workspace, env })
}

async function runComposite(job: Job, scope: StepScope, action: Action): Promise<number> {
  if (action.runs.kind !== 'composite') throw new Error('not a composite action')
  const inputs = inputsOf(scope, action)
  // Ids inside are their own; the outer step only sees what the action names as its outputs.
  const inner = new Map<string, string>()
  const lookup: Lookup = (name) => {
    if (name.startsWith('inputs.')) return inputs[name.slice('inputs.'.length)]
    if (name.startsWith('steps.')) return inner.get(name)
    if (name === 'github.action_path') return action.folder
    return scope.lookup(name)
  }
  const innerJob: Job = { ...job, outputs: inner }
  for (const step of action.runs.steps) {
    const display = step.name ? expand(step.name, lookup) : step.kind === 'uses' ? `Run ${step.uses}` : `Run ${step.kind}`
    job.diag.trace('CompositeActionHandler', `Processing embedded step: DisplayName='${display}'`)
    const nested: StepScope = {
      step,
      name: scope.name, // GITHUB_ACTION stays the outer step's
      display,
      action: step.kind === 'uses' && !step.uses.startsWith('./') ? downloadAction(step.uses, job.layout, job.message.actionFolders) : null,
      state: new Map(),
      lookup,
      environment: () => ({ ...scope.environment(), ...expandAll(step.env, lookup) }),
    }
    const withPath = step.kind === 'run' ? { ...nested, action: { ...withoutIdentity(action) } } : nested
    const code = step.kind === 'run' ? await runScriptStep(innerJob, withPath, step) : await runActionStep(innerJob, nested)
    if (code !== 0 && !step.continueOnError) return code
  }
  for (const [name, value] of Object.entries(action.runs.outputs)) {
    if (scope.step.id) job.outputs.set(`steps.${scope.step.id}.outputs.${name}`, expand(value, lookup))
  }
  return 0
}

/** Scripts inside a composite get the action's folder but neither its repository nor its ref (ActionRunner.cs). */
function withoutIdentity({ folder, inputs, runs }: Action): Action {
  return { folder, inputs, runs }
}

function localAction(job: Job, { step }: StepScope): Action {
  if (step.kind !== 'uses') throw new Error('not an action')
  return readAction(join(job.layout.workspace, step.uses))
}

function inputsOf(scope: StepScope, action: Action): Record<string, string> {
  const given = scope.step.kind === 'uses' ? expandAll(scope.step.with, scope.lookup) : {}
  const defaults = Object.entries(action.inputs).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, expand(value, scope.lookup)] as const],
  )
  return { ...Object.fromEntries(defaults), ...given }
}

function stepProcessEnvironment(job: Job, scope: StepScope, files: FileCommands): Record<string, string> {
  return { PATH: pathWith(job.environment), ...scope.environment(), ...job.base, ...stepEnvironment(files, scope.name, scope.action) }
}

/** Runs the process and then takes over what it wrote into its files. */
async function finish(job: Job, scope: StepScope, files: FileCommands, step: StepProcess): Promise<number> {
  const minutes = scope.step.timeoutMinutes
  const signal = minutes === undefined ? job.signal : AbortSignal.any([job.signal, AbortSignal.timeout(minutes * 60_000)])
  const code = await runStepProcess(step, job.diag, job.masks, signal)

  for (const [name, value] of readAssignments(readFileSync(files.output, 'utf8'))) {
    if (scope.step.id) job.outputs.set(`steps.${scope.step.id}.outputs.${name}`, value)
  }
  for (const [name, value] of readAssignments(readFileSync(files.env, 'utf8'))) {
    if (!isProtectedName(name)) job.environment.variables.set(name, value)
  }
  for (const [name, value] of readAssignments(readFileSync(files.state, 'utf8'))) scope.state.set(name, value)
  job.environment.paths.push(...readPathFile(files.path))
  return code
}

/** Command lines of the shells, as the workflow documentation gives them. */
function shellCommand(shell: string, file: string): readonly [string, readonly string[]] {
  switch (shell) {
    case 'default':
      return ['bash', ['-e', file]]
    case 'bash':
      return ['bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file]]
    case 'sh':
      return ['sh', ['-e', file]]
    case 'python':
      return ['python3', [file]]
    default:
      throw new Error(`the shell "${shell}" is not implemented by the runner fixture`)
  }
}

function findProgram(name: string, path: string): string {
  const found = path
    .split(':')
    .map((folder) => join(folder, name))
    .find((candidate) => existsSync(candidate))
  if (!found) throw new Error(`${name} is not installed`)
  return found
}
