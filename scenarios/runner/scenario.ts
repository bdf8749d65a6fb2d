/* A scenario folder: scenario.json, the repository it builds, actions of its own, and what is expected to be seen. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export const SCENARIOS = join(import.meta.dirname, '..')

export interface Scenario {
  readonly name: string
  readonly folder: string
  readonly title: string
  /** An attack must be detected; an ordinary build must stay silent. */
  readonly kind: 'attack' | 'ordinary'
  readonly repository: string
  readonly workflow: string
  readonly job: string
  /** Names of secrets of the job; the values are decoys made for each run. */
  readonly secrets: readonly string[]
  /** Files of the job's home folder as lines; `{{decoy:NAME}}` becomes a fresh decoy. */
  readonly home: Readonly<Record<string, readonly string[]>>
  /** `name@version` of the packages its registry has. */
  readonly packages: readonly string[]
  /** Programs without which the scenario cannot run. */
  readonly programs: readonly string[]
}

/** Names of all scenarios of the repository. */
export function scenarioNames(): string[] {
  return readdirSync(SCENARIOS)
    .filter((name) => existsSync(join(SCENARIOS, name, 'scenario.json')))
    .sort()
}

/**
 * Reads a scenario by name or by path of its folder.
 * @throws {Error} when there is none, or a field is missing.
 */
export function readScenario(nameOrFolder: string): Scenario {
  const folder = nameOrFolder.includes('/') ? nameOrFolder : join(SCENARIOS, nameOrFolder)
  const file = join(folder, 'scenario.json')
  if (!existsSync(file)) throw new Error(`no scenario "${nameOrFolder}"; there are: ${scenarioNames().join(', ')}`)
  const body = JSON.parse(readFileSync(file, 'utf8')) as Partial<Scenario>
  const { title, kind, repository, workflow, job } = body
  if (!title || !repository || !workflow || !job || (kind !== 'attack' && kind !== 'ordinary')) {
    throw new Error(`${file} needs title, kind (attack or ordinary), repository, workflow and job`)
  }
  return {
    name: basename(folder),
    folder, title, kind, repository, workflow, job,
    secrets: body.secrets ?? [],
    home: body.home ?? {},
    packages: body.packages ?? [],
    programs: body.programs ?? [],
  } // prettier-ignore
}
