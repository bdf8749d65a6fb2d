/* The process tree as rows: which are visible, how deep they are, which can be opened. Made for 20,000 processes at a time. */
import type { JobModel, Process } from './job-model.ts'
import { commandOf, type Filter, hasTerms, subtree, terms } from './select.ts'

export interface TreeRow {
  readonly process: Process
  /** From 1, as `aria-level` counts. */
  readonly level: number
  readonly open: boolean
  readonly expandable: boolean
  /** Place among its siblings, from 1, and their number. */
  readonly position: number
  readonly siblings: number
  /** True when it is shown only because something below it matches. */
  readonly context: boolean
  /** Rows below it that are folded away. */
  readonly hidden: number
}

export interface Folding {
  /** Processes whose state differs from what they would be by themselves. */
  readonly toggled: ReadonlySet<number>
  /** Deepest level that is open by itself. */
  readonly openTo: number
}

/** Opens far enough to show who started what; a job's own tree is rarely deeper than this before it repeats itself. */
export const OPEN_TO = 4

/**
 * Flattens the tree. With a filter, matches and their ancestors are shown and everything between is open; without, the folding decides.
 * @param flagged Processes that a finding names: their ancestors are open, whatever their depth.
 */
export function treeRows(model: JobModel, filter: Filter, folding: Folding, flagged: ReadonlySet<number>): TreeRow[] {
  const filtered =
    filter.step !== undefined ||
    filter.process !== undefined ||
    filter.from !== undefined ||
    filter.to !== undefined ||
    terms(filter.search).length > 0
  const matches = filtered ? matching(model, filter) : undefined
  const shown = matches === undefined ? undefined : withAncestors(model, matches)
  // Whatever leads to a finding is open, so that it is seen without a search; the finding's own process need not be.
  const leading = withAncestors(
    model,
    [...flagged].map((number) => model.processes.get(number)?.parent ?? 0),
  )
  const sizes = subtreeSizes(model)

  const rows: TreeRow[] = []
  // An explicit stack: a fork chain may be deeper than the call stack.
  const stack: { readonly process: Process; readonly level: number; readonly position: number; readonly siblings: number }[] = []
  const push = (numbers: readonly Process[], level: number): void => {
    for (let index = numbers.length - 1; index >= 0; index -= 1) {
      const process = numbers[index]
      if (process !== undefined) stack.push({ process, level, position: index + 1, siblings: numbers.length })
    }
  }
  const isShown = (process: Process): boolean => shown === undefined || shown.has(process.number)

  push(rootsOf(model).filter(isShown), 1)
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const { process, level } = at
    const children = process.children.map((number) => model.processes.get(number)).filter((child) => child !== undefined && isShown(child))
    const expandable = children.length > 0
    const byItself = filtered ? shown?.has(process.number) === true : level < folding.openTo || leading.has(process.number)
    const open = expandable && (folding.toggled.has(process.number) ? !byItself : byItself)
    rows.push({
      process,
      level,
      open,
      expandable,
      position: at.position,
      siblings: at.siblings,
      context: matches !== undefined && !matches.has(process.number),
      hidden: expandable && !open ? (sizes.get(process.number) ?? 1) - 1 : 0,
    })
    if (open) push(children as readonly Process[], level + 1)
  }
  return rows
}

function rootsOf(model: JobModel): Process[] {
  const roots: Process[] = []
  for (const process of model.processes.values()) {
    // Number 0 is "unknown": it is a row of its own only when it did something, which its being here shows.
    if (process.parent === 0 || !model.processes.has(process.parent)) roots.push(process)
  }
  return roots.sort((a, b) => a.startedAt - b.startedAt || a.number - b.number)
}

function matching(model: JobModel, filter: Filter): Set<number> {
  const wanted = terms(filter.search)
  const tree = subtree(model, filter.process)
  const found = new Set<number>()
  for (const process of model.processes.values()) {
    if (filter.step !== undefined && process.step !== filter.step) continue
    if (tree !== undefined && !tree.has(process.number)) continue
    if (filter.from !== undefined && (process.endedAt ?? model.lastTime) < filter.from) continue
    if (filter.to !== undefined && process.startedAt >= filter.to) continue
    if (wanted.length > 0 && !hasTerms(processText(process), wanted)) continue
    found.add(process.number)
  }
  return found
}

function processText(process: Process): string {
  return `${process.execs.map((exec) => `${exec.exe} ${exec.argv.join(' ')}`).join(' ')} ${commandOf(process)} ${process.pid} ${[...process.flags].join(' ')}`
}

function withAncestors(model: JobModel, numbers: Iterable<number>): Set<number> {
  const found = new Set<number>()
  for (const number of numbers) {
    for (let at = model.processes.get(number); at !== undefined && !found.has(at.number); at = model.processes.get(at.parent)) {
      found.add(at.number)
    }
  }
  return found
}

/** Processes below each, itself included. Parents start before their children, so one pass from the youngest suffices. */
function subtreeSizes(model: JobModel): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>()
  const youngestFirst = [...model.processes.keys()].sort((a, b) => b - a)
  for (const number of youngestFirst) {
    const size = (sizes.get(number) ?? 0) + 1
    sizes.set(number, size)
    const parent = model.processes.get(number)?.parent ?? 0
    if (parent !== 0 && parent !== number) sizes.set(parent, (sizes.get(parent) ?? 0) + size)
  }
  return sizes
}
