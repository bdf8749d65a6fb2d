/* Actions: found in a scenario's folders, copied to where the runner would have downloaded them, and read. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Layout } from './layout.ts'
import type { StepPlan } from './message.ts'
import { readSteps } from './workflow.ts'

export interface Action {
  readonly folder: string
  /** Absent for an action of the workspace (`./…`). */
  readonly repository?: string
  readonly ref?: string
  readonly inputs: Readonly<Record<string, string | undefined>>
  readonly runs: NodeRuns | CompositeRuns
}

export interface NodeRuns {
  readonly kind: 'node'
  readonly pre?: string
  readonly main: string
  readonly post?: string
}

export interface CompositeRuns {
  readonly kind: 'composite'
  readonly steps: readonly StepPlan[]
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * Copies `owner/repo[/path]@ref` to `_actions/owner/repo/ref` and reads it.
 * @throws {Error} when no scenario folder has it.
 */
export function downloadAction(uses: string, layout: Layout, folders: readonly string[]): Action {
  const match = /^([\w.-]+\/[\w.-]+)((?:\/[\w.-]+)*)@([\w./-]+)$/.exec(uses)
  const [, repository, path = '', ref] = match ?? []
  if (!repository || !ref) throw new Error(`"${uses}" is not owner/repository@ref`)
  const source = folders.map((folder) => join(folder, repository)).find((folder) => existsSync(folder))
  if (!source) throw new Error(`the scenario has no action ${repository}`)

  const target = join(layout.actions, repository, ref)
  if (!existsSync(`${target}.completed`)) {
    cpSync(source, target, { recursive: true })
    writeFileSync(`${target}.completed`, '')
  }
  return { ...readAction(join(target, path.slice(1))), repository, ref }
}

/**
 * Reads the `action.yml` of a folder.
 * @throws {Error} when it is missing or of a kind the fixture does not run (containers).
 */
export function readAction(folder: string): Action {
  const file = ['action.yml', 'action.yaml'].map((name) => join(folder, name)).find((path) => existsSync(path))
  if (!file) throw new Error(`no action.yml in ${folder}`)
  const body = parse(readFileSync(file, 'utf8')) as ActionFile
  const inputs = Object.fromEntries(
    Object.entries(body.inputs ?? {}).map(([name, input]) => [name, input?.default === undefined ? undefined : String(input.default)]),
  )
  const using = body.runs?.using ?? ''
  if (using === 'composite') {
    const outputs = Object.fromEntries(Object.entries(body.outputs ?? {}).map(([name, output]) => [name, output?.value ?? '']))
    return { folder, inputs, runs: { kind: 'composite', steps: readSteps(body.runs?.steps, `${file}: runs.steps`), outputs } }
  }
  if (!/^node\d+$/.test(using) || !body.runs?.main) throw new Error(`${file}: runs.using "${using}" is not implemented`)
  const { pre, main, post } = body.runs
  return { folder, inputs, runs: { kind: 'node', main, ...(pre ? { pre } : {}), ...(post ? { post } : {}) } }
}

/** As much of action.yml as is used; our own files, so not validated further. */
interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: string | number | boolean } | null>>
  readonly outputs?: Readonly<Record<string, { readonly value?: string } | null>>
  readonly runs?: {
    readonly using?: string
    readonly pre?: string
    readonly main?: string
    readonly post?: string
    readonly steps?: unknown
  }
}
