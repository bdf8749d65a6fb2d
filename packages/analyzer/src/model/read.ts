/* Reads the model from YAML trees. Tolerant: what has the wrong shape is left out, and the rest is read. */
import type { SourceFile } from '../source.ts'
import type { YamlDocument } from '../yaml/parse.ts'
import {
  booleanOf,
  child,
  entryOf,
  isMap,
  isNull,
  isScalar,
  isSeq,
  scalarOf,
  scalarsOf,
  textOf,
  type Entry,
  type MapNode,
  type YamlNode,
} from '../yaml/tree.ts'
import type {
  Action,
  ActionInput,
  Dependabot,
  Env,
  Inputs,
  Job,
  Permissions,
  Repository,
  RunsOn,
  Scope,
  ShellName,
  Step,
  Trigger,
  Workflow,
} from './types.ts'
import { parseUses } from './uses.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Aliases can multiply what a small file says; GitHub's own limits lie far below this. */
const STEPS_MAX = 10_000

export interface ReadInput {
  readonly file: SourceFile
  readonly path: string
  readonly repository: Repository
  readonly document: YamlDocument
  readonly root: MapNode
}

export function readWorkflow({ file, path, repository, document, root }: ReadInput): Workflow {
  const on = entryOf(root, 'on') ?? entryOf(root, 'true')
  const workflow: Writable<Workflow> = {
    kind: 'workflow',
    file,
    path,
    repository,
    comments: document.comments,
    root,
    name: scalarOf(root, 'name'),
    on,
    triggers: on ? readTriggers(on.value) : [],
    permissions: readPermissions(root),
    env: readEnv(root),
    defaultShell: scalarOf(child(child(root, 'defaults'), 'run'), 'shell'),
    concurrency: child(root, 'concurrency'),
    jobs: [],
  }
  const jobs = child(root, 'jobs')
  const budget = { left: STEPS_MAX, file }
  workflow.jobs = isMap(jobs)
    ? jobs.entries.flatMap((entry) => (isMap(entry.value) ? [readJob(workflow, entry, entry.value, budget)] : []))
    : []
  return workflow
}

function readTriggers(node: YamlNode): Trigger[] {
  if (isMap(node)) {
    return node.entries.map(({ key, value }) => {
      const options = isMap(value) ? value : undefined
      return { event: key.value.trim(), node: key, options, types: scalarsOf(child(options, 'types')).map((type) => type.value) }
    })
  }
  return scalarsOf(node).map((scalar) => ({ event: scalar.value.trim(), node: scalar, options: undefined, types: [] }))
}

function readPermissions(parent: MapNode): Permissions | undefined {
  const entry = entryOf(parent, 'permissions')
  if (!entry) return undefined
  const node = entry.value
  const scopes = new Map<string, Scope>()
  if (isMap(node)) {
    for (const { key, value } of node.entries)
      if (isScalar(value)) scopes.set(key.value, { name: key.value, access: value.value, key, value })
    return { entry, node, all: node.entries.length === 0 ? 'none' : undefined, scopes }
  }
  const text = isScalar(node) ? node.value.trim() : ''
  return { entry, node, all: text === 'read-all' || text === 'write-all' ? text : isNull(node) ? 'none' : undefined, scopes }
}

function readEnv(parent: MapNode): Env {
  const node = child(parent, 'env')
  const variables = new Map<string, Entry>()
  if (isMap(node)) for (const entry of node.entries) variables.set(entry.key.value, entry)
  return { node, variables }
}

function readInputs(parent: MapNode): Inputs {
  const node = child(parent, 'with')
  const entries = new Map<string, Entry>()
  if (isMap(node)) for (const entry of node.entries) entries.set(entry.key.value.toLowerCase(), entry)
  return { node, entries }
}

function readJob(workflow: Workflow, entry: Entry, node: MapNode, budget: Budget): Job {
  const environment = child(node, 'environment')
  const uses = scalarOf(node, 'uses')
  const services = child(node, 'services')
  const outputs = new Map<string, Entry>()
  const outputsNode = child(node, 'outputs')
  if (isMap(outputsNode)) for (const output of outputsNode.entries) outputs.set(output.key.value.toLowerCase(), output)
  const job: Writable<Job> = {
    kind: 'job',
    id: entry.key.value,
    key: entry.key,
    node,
    workflow,
    name: scalarOf(node, 'name'),
    needs: scalarsOf(child(node, 'needs')),
    if: scalarOf(node, 'if'),
    runsOn: readRunsOn(child(node, 'runs-on')),
    permissions: readPermissions(node),
    environment: isMap(environment)
      ? scalarOf(environment, 'name')
      : isScalar(environment) && !isNull(environment)
        ? environment
        : undefined,
    env: readEnv(node),
    defaultShell: scalarOf(child(child(node, 'defaults'), 'run'), 'shell'),
    matrix: child(child(node, 'strategy'), 'matrix'),
    container: child(node, 'container'),
    services: isMap(services) ? services : undefined,
    steps: [],
    uses: uses && !isNull(uses) ? parseUses(uses) : undefined,
    with: readInputs(node),
    secrets: child(node, 'secrets'),
    outputs,
  }
  job.steps = readSteps(child(node, 'steps'), job, undefined, budget)
  return job
}

function readRunsOn(node: YamlNode | undefined): RunsOn | undefined {
  if (node === undefined || isNull(node)) return undefined
  if (isMap(node)) return { node, labels: scalarsOf(child(node, 'labels')), group: scalarOf(node, 'group') }
  return { node, labels: scalarsOf(node), group: undefined }
}

interface Budget {
  left: number
  readonly file: SourceFile
}

function readSteps(node: YamlNode | undefined, job: Job | undefined, action: Action | undefined, budget: Budget): Step[] {
  const steps: Step[] = []
  collectSteps(node, job, action, steps, budget)
  return steps
}

function collectSteps(node: YamlNode | undefined, job: Job | undefined, action: Action | undefined, into: Step[], budget: Budget): void {
  if (!isSeq(node)) return
  for (const item of node.items) {
    if (!isMap(item)) continue
    if (budget.left-- <= 0) {
      if (budget.left === -1)
        budget.file.problems.push({ code: 'limit', message: `More than ${STEPS_MAX} steps; the rest was not analysed.`, range: item })
      return
    }
    const group = child(item, 'parallel')
    if (isSeq(group)) {
      collectSteps(group, job, action, into, budget)
      continue
    }
    into.push(readStep(item, job, action, into))
  }
}

function readStep(node: MapNode, job: Job | undefined, action: Action | undefined, siblings: readonly Step[]): Step {
  const uses = scalarOf(node, 'uses')
  const run = scalarOf(node, 'run')
  const shellNode = scalarOf(node, 'shell') ?? job?.defaultShell ?? job?.workflow.defaultShell
  return {
    kind: 'step',
    node,
    job,
    action,
    index: siblings.length,
    id: textOf(node, 'id')?.toLowerCase(),
    name: scalarOf(node, 'name'),
    if: scalarOf(node, 'if'),
    run: run && run.style !== 'empty' ? run : undefined,
    shellNode,
    shell: shellOf(shellNode?.value, job),
    workingDirectory: scalarOf(node, 'working-directory'),
    uses: uses && !isNull(uses) ? parseUses(uses) : undefined,
    with: readInputs(node),
    env: readEnv(node),
    siblings,
    background: booleanOf(child(node, 'background')) === true,
  }
}

function shellOf(text: string | undefined, job: Job | undefined): ShellName {
  if (text === undefined || text.trim() === '') {
    const labels = job?.runsOn?.labels ?? []
    return labels.length > 0 && labels.every((label) => /windows/i.test(label.value)) ? 'pwsh' : 'bash'
  }
  const program = (text.trim().split(/\s+/)[0] ?? '').replace(/^.*[\\/]/, '').replace(/\.exe$/i, '')
  switch (program.toLowerCase()) {
    case 'bash':
    case 'zsh':
    case 'ksh':
    case 'wsl-bash':
    case 'msys2':
      return 'bash'
    case 'sh':
    case 'dash':
    case 'ash':
      return 'sh'
    case 'pwsh':
      return 'pwsh'
    case 'powershell':
      return 'powershell'
    case 'cmd':
      return 'cmd'
    case 'python':
    case 'python3':
      return 'python'
    case 'node':
      return 'node'
    default:
      return 'unknown'
  }
}

export function readAction({ file, path, repository, document, root }: ReadInput): Action {
  const inputs = new Map<string, ActionInput>()
  const inputsNode = child(root, 'inputs')
  if (isMap(inputsNode))
    for (const { key, value } of inputsNode.entries)
      inputs.set(key.value.toLowerCase(), { key, node: value, default: scalarOf(value, 'default') })
  const outputs = new Map<string, Entry>()
  const outputsNode = child(root, 'outputs')
  if (isMap(outputsNode)) for (const entry of outputsNode.entries) outputs.set(entry.key.value.toLowerCase(), entry)
  const runs = child(root, 'runs')
  const action: Writable<Action> = {
    kind: 'action',
    file,
    path,
    repository,
    comments: document.comments,
    root,
    folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '',
    name: scalarOf(root, 'name'),
    inputs,
    outputs,
    using: scalarOf(runs, 'using'),
    runs: isMap(runs) ? runs : undefined,
    steps: [],
  }
  action.steps = readSteps(child(runs, 'steps'), undefined, action, { left: STEPS_MAX, file })
  return action
}

export function readDependabot({ file, path, repository, document, root }: ReadInput): Dependabot {
  const updates = child(root, 'updates')
  return {
    kind: 'dependabot',
    file,
    path,
    repository,
    comments: document.comments,
    root,
    updates: isSeq(updates) ? updates.items.filter(isMap).map((node) => ({ node, ecosystem: scalarOf(node, 'package-ecosystem') })) : [],
  }
}
