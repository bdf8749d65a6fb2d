/* Where on the machine a file lies, in the words of somebody who knows GitHub Actions rather than Linux. */
import type { FileEvent } from '@gatehouse/schema'

export const FILE_AREAS = ['secret', 'runner', 'source', 'dependencies', 'home', 'temporary', 'system', 'other'] as const
export type FileArea = (typeof FILE_AREAS)[number]

export const AREA_TITLES: Readonly<Record<FileArea, string>> = {
  secret: 'Secrets',
  runner: 'The runner itself',
  source: 'Source tree',
  dependencies: 'Dependencies',
  home: 'Home folder',
  temporary: 'Temporary files',
  system: 'System',
  other: 'Elsewhere',
}

export const AREA_NOTES: Readonly<Record<FileArea, string>> = {
  secret: 'Files that hold credentials or another process’s memory. Every read of them is recorded.',
  runner: 'Programs, actions and file commands of the runner.',
  source: 'The checked-out repository, without installed packages.',
  dependencies: 'Installed packages and package caches.',
  home: 'Settings and caches of the user the job runs as.',
  temporary: '/tmp, /var/tmp and the runner’s own temporary folder.',
  system: '/usr, /etc, /var, /opt and the like. Changes here outlive a step.',
  other: 'Whatever fits nowhere else.',
}

/** First match wins: a package inside the source tree is a dependency, a secret is a secret wherever it lies. */
export function areaOf(event: FileEvent): FileArea {
  if (event.family !== undefined && event.family !== 'other') return event.family === 'runner' ? 'runner' : 'secret'
  const path = event.path
  if (/\/(node_modules|\.npm|\.cache\/pip|site-packages|\.cargo|\.m2|\.gradle|vendor\/bundle|go\/pkg)(\/|$)/.test(path))
    return 'dependencies'
  if (/\/(_temp|_actions|_diag|_tool|externals)(\/|$)/.test(path) || /\/(actions-runner|runners)\//.test(path)) {
    return /\/_temp(\/|$)/.test(path) && !/_runner_file_commands/.test(path) ? 'temporary' : 'runner'
  }
  if (/^\/(tmp|var\/tmp|dev\/shm)(\/|$)/.test(path)) return 'temporary'
  if (/\/(_?work|workspace|__w)\//.test(path)) return 'source'
  if (/^\/(home\/[^/]+|root)(\/|$)/.test(path)) return 'home'
  if (/^\/(usr|etc|var|opt|bin|sbin|lib|lib64|boot|run|sys|proc|dev)(\/|$)/.test(path)) return 'system'
  return 'other'
}
