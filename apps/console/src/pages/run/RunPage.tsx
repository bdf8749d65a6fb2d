import type { JobDetail, RunDetail } from '@gatehouse/schema'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { type LoaderFunctionArgs, Navigate, useNavigate, useParams, useSearchParams } from 'react-router'
import { ApiError } from '../../api/client.ts'
import { jobStore } from '../../api/job-store.ts'
import { queryClient, runQuery } from '../../api/queries.ts'
import { path, readSelection, readTab, RUN_TABS, type RunSelection, type RunTab } from '../../path.ts'
import { useHotkeys } from '../../ui/hotkeys.ts'
import { ErrorPanel } from '../../ui/states.tsx'
import { useNow } from '../../ui/time.tsx'
import { useTitle } from '../../ui/useTitle.ts'
import { NotFound } from '../NotFound.tsx'
import { EventDrawer } from './EventDrawer.tsx'
import { ProcessDrawer } from './ProcessDrawer.tsx'
import { RunBody } from './RunBody.tsx'
import { RunHeader } from './RunHeader.tsx'
import { RunSkeleton } from './RunSkeleton.tsx'
import { hasFilter, linkFor, type RunView, RunViewContext } from './view.ts'

export function loader({ params }: LoaderFunctionArgs) {
  if (params['run'] !== undefined) void queryClient.prefetchQuery(runQuery(params['run']))
  return null
}

export function Component() {
  const params = useParams()
  const run = params['run'] ?? ''
  const tab = readTab(params['tab'])
  const query = useQuery(runQuery(run))
  useTitle(query.data?.run.run.repository ?? query.data?.run.jobs[0] ?? 'Run')

  if (tab === undefined) return <Navigate to={path.run(run)} replace />
  if (query.error instanceof ApiError && query.error.status === 404) return <NotFound />
  if (query.data === undefined) {
    return query.isError ? (
      <div className="page">
        <h1 className="sr-only">Run</h1>
        <ErrorPanel what="This run could not be fetched" error={query.error} onRetry={() => void query.refetch()} />
      </div>
    ) : (
      <RunSkeleton />
    )
  }
  return <Loaded key={run} detail={query.data} tab={tab} />
}

function Loaded({ detail, tab }: { readonly detail: RunDetail; readonly tab: RunTab }) {
  const [query] = useSearchParams()
  const selection = useMemo(() => readSelection(query), [query])
  const job = detail.jobs.find((each) => each.summary.job.id === selection.job) ?? detail.jobs[0]
  if (job === undefined) {
    return (
      <div className="page">
        <h1 className="sr-only">Run</h1>
        <ErrorPanel
          what="This run has no jobs yet"
          error={new Error('Its first agent has announced it but sent nothing. The page fills by itself.')}
        />
      </div>
    )
  }
  return <JobView key={job.summary.job.id} detail={detail} job={job} tab={tab} selection={selection} />
}

interface JobViewProps {
  readonly detail: RunDetail
  readonly job: JobDetail
  readonly tab: RunTab
  readonly selection: RunSelection
}

function JobView({ detail, job, tab, selection }: JobViewProps) {
  const navigate = useNavigate()
  const id = job.summary.job.id
  const store = jobStore(id)
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot)
  const [process, openProcess] = useState<number>()
  const [event, openEvent] = useState<number>()
  useEffect(() => store.refresh(), [store])

  const running = job.summary.state === 'running'
  const end = useJobEnd(job, snapshot.model.lastTime, running)
  const start = job.summary.job.startedAt
  const run = detail.run.run.id

  const view = useMemo((): RunView => {
    const link = (change: RunSelection, to: RunTab = tab): string => linkFor(run, to, selection, change)
    return {
      run: detail,
      job,
      model: snapshot.model,
      version: snapshot.version,
      phase: snapshot.phase,
      tab,
      selection,
      filter: {
        step: selection.step,
        process: selection.process,
        search: selection.search,
        from: selection.from === undefined ? undefined : start + selection.from * 1_000,
        to: selection.to === undefined ? undefined : start + selection.to * 1_000,
      },
      steps: new Map(job.steps.map((step) => [step.number, step])),
      start,
      end,
      link,
      select: (change) => {
        const here = whereWeAre()
        void navigate(linkFor(run, here.tab, here.selection, change), { replace: true, preventScrollReset: true })
      },
      openProcess,
      openEvent,
    }
  }, [detail, job, snapshot, tab, selection, start, end, run, navigate])

  useHotkeys({
    j: () => view.select({ step: nextStep(job, whereWeAre().selection.step, 1) }),
    k: () => view.select({ step: nextStep(job, whereWeAre().selection.step, -1) }),
    x: () => view.select({ step: undefined, process: undefined, search: undefined, from: undefined, to: undefined }),
    ...Object.fromEntries(
      RUN_TABS.map((each, index) => [
        String(index + 1),
        () => void navigate(linkFor(run, each, whereWeAre().selection, { view: undefined })),
      ]),
    ),
  })

  return (
    <RunViewContext value={view}>
      <RunHeader />
      <RunBody snapshot={snapshot} onRetry={store.refresh} filtered={hasFilter(selection)} />
      <ProcessDrawer process={process} onClose={() => openProcess(undefined)} />
      <EventDrawer seq={event} onClose={() => openEvent(undefined)} />
    </RunViewContext>
  )
}

/**
 * What the address says now. Keys and settled searches go by this and not by what was last drawn: a second key may come before the
 * page that the first one asked for is there, and must not undo it.
 */
function whereWeAre(): { readonly tab: RunTab; readonly selection: RunSelection } {
  const { pathname, search } = globalThis.location
  return { tab: readTab(pathname.split('/')[3]) ?? 'story', selection: readSelection(new URLSearchParams(search)) }
}

/** A finished job ends when it ended; a running one with the clock, moved in coarse steps so that not everything is drawn anew each second. */
function useJobEnd(job: JobDetail, lastTime: number, running: boolean): number {
  const now = useNow()
  const last = Math.max(job.summary.end?.finishedAt ?? 0, Number.isFinite(lastTime) ? lastTime : 0, job.summary.job.startedAt + 1_000)
  if (!running) return last
  const coarse = 5_000_000
  return Math.max(last, Math.ceil(Math.min(now, last + 60_000_000) / coarse) * coarse)
}

/** From "all" (undefined) through the steps and around. */
function nextStep(job: JobDetail, step: number | undefined, by: 1 | -1): number | undefined {
  const numbers: (number | undefined)[] = [undefined, ...job.steps.map((each) => each.number)]
  const at = numbers.indexOf(step)
  return numbers[(at + by + numbers.length) % numbers.length]
}
