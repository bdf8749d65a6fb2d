import { X } from 'lucide-react'
import { type ComponentType, lazy, Suspense } from 'react'
import { Link } from 'react-router'
import type { JobSnapshot } from '../../api/job-store.ts'
import { count, shortCount } from '../../format/format.ts'
import { labelOf } from '../../model/names.ts'
import { stepName } from '../../model/words.ts'
import { RUN_TABS, type RunTab } from '../../path.ts'
import { Prose } from '../../ui/MachineText.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { ErrorPanel, SkeletonRows } from '../../ui/states.tsx'
import { StepRail } from './StepRail.tsx'
import { StoryTab } from './StoryTab.tsx'
import { TimeStrip } from './TimeStrip.tsx'
import { type RunView, useRunView } from './view.ts'

const TAB_NAMES: Readonly<Record<RunTab, string>> = {
  story: 'Story',
  processes: 'Processes',
  network: 'Network',
  files: 'Files',
  timeline: 'Timeline',
  raw: 'Raw',
}

const PANELS: Readonly<Record<RunTab, ComponentType>> = {
  story: StoryTab,
  processes: lazy(() => import('./ProcessesTab.tsx')),
  network: lazy(() => import('./NetworkTab.tsx')),
  files: lazy(() => import('./FilesTab.tsx')),
  timeline: lazy(() => import('./TimelineTab.tsx')),
  raw: lazy(() => import('./RawTab.tsx')),
}

interface RunBodyProps {
  readonly snapshot: JobSnapshot
  readonly onRetry: () => void
  readonly filtered: boolean
}

export function RunBody({ snapshot, onRetry, filtered }: RunBodyProps) {
  const view = useRunView()
  const Panel = PANELS[view.tab]
  const counts = tabCounts(view)
  return (
    <div className="run-body">
      <StepRail />
      <div className="run-content">
        <TimeStrip />
        <div className="tabs-bar">
          <nav aria-label="Views of this run" className="tabs">
            {RUN_TABS.map((tab) => {
              const total = counts[tab]
              return (
                <Link
                  key={tab}
                  to={view.link({ view: undefined }, tab)}
                  className="tab"
                  {...(tab === view.tab ? { 'aria-current': 'page' as const } : {})}
                >
                  {TAB_NAMES[tab]}
                  {total === undefined || total === 0 ? null : <span className="tab-count">{shortCount(total)}</span>}
                </Link>
              )
            })}
          </nav>
          <SearchField
            label="Host, path, command, address"
            value={view.selection.search ?? ''}
            onChange={(search) => view.select({ search })}
          />
        </div>
        {filtered ? <FilterBar /> : null}
        <Progress snapshot={snapshot} expected={view.job.summary.counts.events} />
        {snapshot.phase === 'failed' && snapshot.model.events.length === 0 ? (
          <ErrorPanel what="The events of this job could not be fetched" error={snapshot.error} onRetry={onRetry} />
        ) : (
          <Suspense fallback={<SkeletonRows rows={10} label="Loading" />}>
            <section aria-label={TAB_NAMES[view.tab]} className="panel" data-tab={view.tab}>
              {snapshot.phase === 'loading' && snapshot.model.events.length === 0 ? (
                <SkeletonRows rows={10} label="Loading events" />
              ) : (
                <Panel />
              )}
            </section>
          </Suspense>
        )}
      </div>
    </div>
  )
}

/** What hides rows, each with the way to drop it: nobody should wonder where the rest is. */
function FilterBar() {
  const view = useRunView()
  const { step, process, search, from, to } = view.selection
  const chips: { readonly key: string; readonly text: string; readonly drop: string }[] = []
  if (step !== undefined)
    chips.push({ key: 'step', text: `step: ${stepName(view.steps.get(step), step)}`, drop: view.link({ step: undefined }) })
  if (process !== undefined) {
    const name = labelOf(view.model.processes.get(process))
    chips.push({ key: 'process', text: `${name} and what it started`, drop: view.link({ process: undefined }) })
  }
  if (search !== undefined) chips.push({ key: 'search', text: `contains: ${search}`, drop: view.link({ search: undefined }) })
  if (from !== undefined || to !== undefined) {
    const ends = [
      from === undefined ? 'start' : `${(from / 1_000).toFixed(1)} s`,
      to === undefined ? 'end' : `${(to / 1_000).toFixed(1)} s`,
    ]
    chips.push({ key: 'time', text: `time: ${ends.join(' to ')}`, drop: view.link({ from: undefined, to: undefined }) })
  }
  return (
    <ul className="chips" aria-label="Filters">
      {chips.map((chip) => (
        <li key={chip.key} className="chip">
          <span className="clip">
            <Prose text={chip.text.slice(0, 120)} />
          </span>
          <Link to={chip.drop} replace aria-label={`Drop the filter ${chip.key}`}>
            <X size={12} aria-hidden="true" />
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Progress({ snapshot, expected }: { readonly snapshot: JobSnapshot; readonly expected: number }) {
  const have = snapshot.model.events.length
  if (snapshot.truncated)
    return <p className="note tone-text-medium">Showing the first {count(have)} events: the rest is too much for a browser.</p>
  if (snapshot.phase === 'failed' && have > 0)
    return <p className="note tone-text-high">Fetching more events failed; what is shown ends at event {count(have)}.</p>
  if (snapshot.phase !== 'loading' || have === 0) return null
  return (
    <output className="note muted">
      Loading events: {count(have)} of {count(Math.max(expected, have))}
    </output>
  )
}

function tabCounts({ job, model }: RunView): Readonly<Record<RunTab, number | undefined>> {
  return {
    story: job.findings.length,
    processes: model.processes.size,
    network: model.flows.length,
    files: model.files.size,
    timeline: undefined,
    raw: model.events.length,
  }
}
