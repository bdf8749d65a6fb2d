/* What all parts of a run page share: the run, its record so far, what is selected, and how to link to another selection. */
import type { JobDetail, RunDetail, Step } from '@gatehouse/schema'
import { createContext, useContext } from 'react'
import type { JobSnapshot } from '../../api/job-store.ts'
import type { JobModel } from '../../model/job-model.ts'
import type { Filter } from '../../model/select.ts'
import { path, type RunSelection, type RunTab } from '../../path.ts'

export interface RunView {
  readonly run: RunDetail
  readonly job: JobDetail
  readonly model: JobModel
  /** Changes whenever the model does: the thing to memoise by. */
  readonly version: number
  readonly phase: JobSnapshot['phase']
  readonly tab: RunTab
  readonly selection: RunSelection
  readonly filter: Filter
  readonly steps: ReadonlyMap<number, Step>
  /** Start and (so far) end of the job, microseconds. */
  readonly start: number
  readonly end: number
  /** Address with some of the selection changed; undefined in `change` removes. */
  readonly link: (change: RunSelection, tab?: RunTab) => string
  readonly select: (change: RunSelection) => void
  readonly openProcess: (process: number) => void
  readonly openEvent: (seq: number) => void
}

export const RunViewContext = createContext<RunView | undefined>(undefined)

export function useRunView(): RunView {
  const view = useContext(RunViewContext)
  if (view === undefined) throw new Error('useRunView outside a run page')
  return view
}

export function linkFor(run: string, tab: RunTab, selection: RunSelection, change: RunSelection): string {
  return path.run(run, tab, { ...selection, ...change })
}

export function hasFilter(selection: RunSelection): boolean {
  return (
    selection.step !== undefined ||
    selection.process !== undefined ||
    selection.from !== undefined ||
    selection.to !== undefined ||
    (selection.search ?? '') !== ''
  )
}
