/** Processes that do nothing, one after the other: the worst case for anything that looks at every exec. */
import type { Helpers } from '../helpers.ts'
import type { Size, Workload } from './workload.ts'

export function forkStorm(helpers: Helpers, folder: string, size: Size): Workload {
  const count = size === 'full' ? 3000 : 200
  return {
    name: 'fork-storm',
    kind: 'exec-bound',
    wallTarget: null,
    argv: [helpers.storm, 'execs', String(count), helpers.nothing],
    cwd: folder,
    reset: () => Promise.resolve(),
  }
}
