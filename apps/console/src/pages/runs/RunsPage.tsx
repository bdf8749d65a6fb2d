import type { RunSummary } from '@gatehouse/schema'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ListChecks, SearchX } from 'lucide-react'
import { useCallback, useEffect, useRef } from 'react'
import { Link, type LoaderFunctionArgs, useNavigate, useSearchParams } from 'react-router'
import { queryClient, runsQuery } from '../../api/queries.ts'
import { count, counted } from '../../format/format.ts'
import { path, type RunsFilter } from '../../path.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { EmptyState, ErrorPanel, SkeletonRows } from '../../ui/states.tsx'
import { useMediaQuery } from '../../ui/useMediaQuery.ts'
import { useTitle } from '../../ui/useTitle.ts'
import { runColumns } from './columns.tsx'

const STATES = [
  { state: undefined, name: 'All' },
  { state: 'running', name: 'Running' },
  { state: 'finished', name: 'Finished' },
  { state: 'lost', name: 'Agent silent' },
] as const

function readFilter(query: URLSearchParams): RunsFilter {
  const state = query.get('state')
  return { search: query.get('search') ?? undefined, state: STATES.find((each) => each.state === state)?.state }
}

/** Starts fetching while the page's code is still on its way; the page shows its frame until the answer is there. */
export function loader({ request }: LoaderFunctionArgs) {
  void queryClient.prefetchInfiniteQuery(runsQuery(readFilter(new URL(request.url).searchParams)))
  return null
}

/** The filter is in the address, so a link to this page shows a colleague the same rows. */
export function Component() {
  useTitle('Runs')
  const navigate = useNavigate()
  const [query] = useSearchParams()
  const filter = readFilter(query)
  const runs = useInfiniteQuery(runsQuery(filter))
  const rows = runs.data?.pages.flatMap((page) => page.items) ?? []
  const narrow = useMediaQuery('(width < 760px)')
  // What is typed and what is clicked a moment later must not undo each other: both go by the address, which is ahead of what is drawn.
  const refine = useCallback(
    (change: Partial<RunsFilter>) => {
      const address = readFilter(new URLSearchParams(window.location.search))
      void navigate(path.runs({ ...address, ...change }), { replace: true })
    },
    [navigate],
  )
  const onSearch = useCallback((search: string) => refine({ search }), [refine])

  return (
    <div className="page page-wide">
      <div className="page-head">
        <div>
          <h1>Runs</h1>
          <p className="answer-line">{runs.data === undefined ? ' ' : sentence(rows, runs.hasNextPage)}</p>
        </div>
        <div className="tools">
          <nav aria-label="State of the run" className="segments">
            {STATES.map(({ state, name }) => (
              <Link
                key={name}
                to={path.runs({ ...filter, state })}
                replace
                onClick={(event) => {
                  // A new tab or window takes the address of the link.
                  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
                  event.preventDefault()
                  refine({ state })
                }}
                className="segment"
                {...(filter.state === state ? { 'aria-current': 'true' as const } : {})}
              >
                {name}
              </Link>
            ))}
          </nav>
          <SearchField label="Repository, workflow, job, actor, branch" value={filter.search ?? ''} onChange={onSearch} />
        </div>
      </div>

      {runs.isPending ? <SkeletonRows rows={14} label="Loading runs" /> : null}
      {runs.isError && rows.length === 0 ? (
        <ErrorPanel what="The runs could not be fetched" error={runs.error} onRetry={() => void runs.refetch()} />
      ) : null}
      {runs.isSuccess && rows.length === 0 ? <NoRuns filter={filter} /> : null}
      {rows.length > 0 ? (
        <DataTable
          caption="Runs, newest first"
          columns={runColumns}
          rows={rows}
          rowKey={(row) => row.run.id}
          rowClass={(row) => `row-link ${row.state === 'running' ? 'row-live' : ''}`}
          rowHeight={narrow ? 60 : 40}
        >
          <More runs={runs} shown={rows.length} />
        </DataTable>
      ) : null}
    </div>
  )
}

/** What needs a person, in a line. */
function sentence(rows: readonly RunSummary[], more: boolean): string {
  const running = rows.filter((row) => row.state === 'running').length
  const found = rows.filter((row) => row.counts.findings > 0)
  const serious = found.filter((row) => row.severity === 'critical' || row.severity === 'high').length
  const unreliable = rows.filter((row) => row.verdict === 'tampered' || row.captureMode !== 'full' || row.state === 'lost').length
  const scope = more ? `the newest ${count(rows.length)} runs` : counted(rows.length, 'run')
  const first =
    found.length === 0
      ? `Nothing found in ${scope}.`
      : `${found.length} of ${scope} ${found.length === 1 ? 'has' : 'have'} findings${serious === 0 ? '' : `, ${serious} of them serious`}.`
  return `${first}${running === 0 ? '' : ` ${running} running now.`}${unreliable === 0 ? '' : ` ${unreliable} not fully watched.`}`
}

function NoRuns({ filter }: { readonly filter: RunsFilter }) {
  if ((filter.search ?? '') === '' && filter.state === undefined) {
    return (
      <EmptyState title="No runs yet" icon={<ListChecks size={24} aria-hidden="true" />}>
        <p>They appear here as soon as an agent reports its first job. To watch one command on this machine:</p>
        <p>
          <code className="command">gatehouse run --server {globalThis.location.origin} -- npm test</code>
        </p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No run matches" icon={<SearchX size={24} aria-hidden="true" />}>
      <p>The filter looks at repository, workflow, job, actor and branch.</p>
      <p>
        <Link className="button" to={path.runs()}>
          Show all runs
        </Link>
      </p>
    </EmptyState>
  )
}

interface MoreProps {
  readonly runs: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly isFetchNextPageError: boolean
    readonly fetchNextPage: () => Promise<unknown>
  }
  readonly shown: number
}

/** Loads the next page when it comes near the screen; a button remains for those who do not scroll. */
function More({ runs, shown }: MoreProps) {
  const sentinel = useRef<HTMLDivElement>(null)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = runs
  useEffect(() => {
    if (sentinel.current === null || !hasNextPage || isFetchingNextPage || isFetchNextPageError) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void fetchNextPage()
      },
      { root: document.getElementById('main'), rootMargin: '600px' },
    )
    observer.observe(sentinel.current)
    return () => observer.disconnect()
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  return (
    <div ref={sentinel} className="more muted">
      {hasNextPage ? (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : isFetchNextPageError ? 'Loading failed. Try again' : 'Load more'}
        </button>
      ) : (
        `All ${counted(shown, 'run')}`
      )}
    </div>
  )
}
