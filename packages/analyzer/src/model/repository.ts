/* Puts the files of one repository together, so that local actions, reusable workflows and their callers are found. */
import type { SourceFile } from '../source.ts'
import { parseYaml } from '../yaml/parse.ts'
import { isMap, isScalar, type MapNode } from '../yaml/tree.ts'
import { readAction, readDependabot, readWorkflow } from './read.ts'
import type { Action, Job, Repository, Step, Unit, Workflow } from './types.ts'
import { cleanPath, type Uses } from './uses.ts'

export interface RepositoryFile {
  readonly file: SourceFile
  /** Path inside the repository. */
  readonly path: string
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads all files of a repository. Files whose kind is not known are kept as text. */
export function readRepository(name: string, files: readonly RepositoryFile[]): Repository {
  const units: Unit[] = []
  const byPath = new Map<string, Unit>()
  const callers = new Map<string, Job[]>()
  const actionCallers = new Map<string, Step[]>()
  const texts = new Map<string, SourceFile>()
  const repository: Writable<Repository> = { name, units, workflows: [], actions: [], byPath, callers, actionCallers, texts }
  for (const { file, path } of files) {
    if (!/\.ya?ml$/i.test(path)) {
      texts.set(path, file)
      continue
    }
    const unit = readUnit(repository, file, path)
    if (!unit) continue
    units.push(unit)
    byPath.set(path, unit)
  }
  repository.workflows = units.filter((unit) => unit.kind === 'workflow')
  repository.actions = units.filter((unit) => unit.kind === 'action')
  linkCallers(repository, callers, actionCallers)
  return repository
}

function readUnit(repository: Repository, file: SourceFile, path: string): Unit | undefined {
  const document = parseYaml(file)
  const root = document.root
  if (!isMap(root)) {
    if (file.problems.length === 0 && kindByPath(path) !== 'other') {
      const empty = root === undefined || (isScalar(root) && root.value === '')
      const what = root === undefined ? 'nothing' : root.kind === 'seq' ? 'a list' : 'text'
      file.problems.push({
        code: 'yaml',
        message: empty ? 'The file is empty.' : `The file must be a map of keys; it holds ${what}.`,
        range: { start: 0, end: 1 },
      })
    }
    if (kindByPath(path) === 'other') return undefined
    const none: MapNode = { kind: 'map', start: 0, end: 0, flow: false, indent: 0, entries: [], index: new Map() }
    return { kind: 'other', file, path, repository, comments: document.comments, root: none }
  }
  const input = { file, path, repository, document, root }
  switch (kindByPath(path) === 'other' ? kindByContent(root) : kindByPath(path)) {
    case 'workflow':
      return readWorkflow(input)
    case 'action':
      return readAction(input)
    case 'dependabot':
      return readDependabot(input)
    default:
      return { kind: 'other', file, path, repository, comments: document.comments, root }
  }
}

/** What a file is, by where it lies. */
export function kindByPath(path: string): Unit['kind'] {
  if (/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/i.test(path)) return 'workflow'
  if (/(?:^|\/)action\.ya?ml$/i.test(path)) return 'action'
  if (/(?:^|\/)\.github\/dependabot\.ya?ml$/i.test(path) || /^dependabot\.ya?ml$/i.test(path)) return 'dependabot'
  return 'other'
}

/** What a file is that somebody named although it lies elsewhere. */
function kindByContent(root: MapNode): Unit['kind'] {
  if (isMap(root.index.get('jobs')?.value)) return 'workflow'
  if (isMap(root.index.get('runs')?.value)) return 'action'
  if (root.index.has('updates') && root.index.has('version')) return 'dependabot'
  return 'other'
}

function linkCallers(repository: Repository, callers: Map<string, Job[]>, actionCallers: Map<string, Step[]>): void {
  for (const unit of repository.units) {
    if (unit.kind === 'workflow') {
      for (const job of unit.jobs) {
        const callee = job.uses && reusableWorkflow(repository, job.uses)
        if (callee) push(callers, callee.path, job)
        for (const step of job.steps) linkStep(repository, step, actionCallers)
      }
    } else if (unit.kind === 'action') for (const step of unit.steps) linkStep(repository, step, actionCallers)
  }
}

function linkStep(repository: Repository, step: Step, actionCallers: Map<string, Step[]>): void {
  const action = step.uses && localAction(repository, step.uses)
  if (action) push(actionCallers, action.folder, step)
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** The reusable workflow of the same repository that a job calls; undefined for others. */
export function reusableWorkflow(repository: Repository, uses: Uses): Workflow | undefined {
  if (uses.kind !== 'local' && uses.kind !== 'self') return undefined
  const unit = repository.byPath.get(uses.path)
  return unit?.kind === 'workflow' ? unit : undefined
}

/**
 * The action of the same repository that a step uses. A workflow that checks its repository out into a folder refers to it as
 * `./folder/.github/actions/x`, so an unknown path is also tried from `.github/` on.
 */
export function localAction(repository: Repository, uses: Uses): Action | undefined {
  if (uses.kind !== 'local' && uses.kind !== 'self') return undefined
  const tail = uses.path.indexOf('.github/')
  for (const folder of tail > 0 ? [uses.path, uses.path.slice(tail)] : [uses.path]) {
    for (const name of ['action.yml', 'action.yaml']) {
      const unit = repository.byPath.get(cleanPath(`${folder}/${name}`))
      if (unit?.kind === 'action') return unit
    }
  }
  return undefined
}
