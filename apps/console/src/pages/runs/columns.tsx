import type { RunSummary } from '@gatehouse/schema'
import { Link } from 'react-router'
import { count, duration, refName } from '../../format/format.ts'
import { path } from '../../path.ts'
import { FindingsBadge, RecordBadge, StateBadge, Tag } from '../../ui/badges.tsx'
import type { Column } from '../../ui/DataTable.tsx'
import { Escaped, MachineText, Prose } from '../../ui/MachineText.tsx'
import { TimeAgo, useNow } from '../../ui/time.tsx'

export const runColumns: readonly Column<RunSummary>[] = [
  {
    id: 'findings',
    header: 'Findings',
    width: '112px',
    from: 'tablet',
    cell: (row) => <FindingsBadge findings={row.counts.findings} severity={row.severity} named />,
  },
  { id: 'run', header: 'Run', rowHeader: true, cell: (row) => <RunName row={row} /> },
  {
    id: 'workflow',
    header: 'Workflow',
    width: '12%',
    from: 'tablet',
    cell: (row) =>
      row.run.workflow === undefined ? <span className="muted">–</span> : <span className="clip">{<Prose text={row.run.workflow} />}</span>,
  },
  {
    id: 'job',
    header: 'Job',
    width: '11%',
    from: 'desktop',
    cell: (row) => (
      <span className="clip">
        {row.run.repository === undefined ? '–' : <Prose text={row.jobs[0] ?? ''} />}
        {row.jobs.length > 1 ? <span className="muted"> +{row.jobs.length - 1}</span> : null}
      </span>
    ),
  },
  {
    id: 'ref',
    header: 'Branch',
    width: '11%',
    from: 'desktop',
    cell: (row) => (row.run.ref === undefined ? <span className="muted">–</span> : <MachineText value={refName(row.run.ref)} quiet />),
  },
  {
    id: 'actor',
    header: 'Actor',
    width: '120px',
    from: 'wide',
    cell: (row) =>
      row.run.actor === undefined ? (
        <span className="muted">–</span>
      ) : (
        <span className="clip">
          <Prose text={row.run.actor} />
        </span>
      ),
  },
  { id: 'state', header: 'State', width: '118px', from: 'tablet', cell: (row) => <StateBadge run={row} /> },
  { id: 'record', header: 'Record', width: '118px', from: 'desktop', cell: (row) => <RecordBadge run={row} /> },
  { id: 'processes', header: 'Processes', width: '84px', from: 'wide', align: 'right', cell: (row) => count(row.counts.processes) },
  { id: 'destinations', header: 'Hosts', width: '56px', from: 'desktop', align: 'right', cell: (row) => count(row.counts.destinations) },
  { id: 'duration', header: 'Duration', width: '84px', from: 'tablet', align: 'right', cell: (row) => <Duration row={row} /> },
  {
    id: 'started',
    header: 'Started',
    width: '92px',
    align: 'right',
    cell: (row) => (
      <span className="muted">
        <TimeAgo time={row.startedAt} />
      </span>
    ),
  },
]

/** The row's name and link. On a phone the second line carries what the other columns would. */
function RunName({ row }: { readonly row: RunSummary }) {
  const { run } = row
  const to = path.run(run.id)
  return (
    <div className="run-name">
      <div className="run-name-line">
        <Link to={to} className="run-link clip">
          {run.repository === undefined ? (
            <code>
              <Escaped text={(row.jobs[0] ?? run.id).slice(0, 300)} />
            </code>
          ) : (
            <Prose text={run.repository} />
          )}
        </Link>
        {run.number === undefined ? null : <span className="muted">#{run.number}</span>}
        {row.replayed ? <Tag title="A recording that was played back">replayed</Tag> : null}
      </div>
      <div className="run-name-more">
        <FindingsBadge findings={row.counts.findings} severity={row.severity} />
        <StateBadge run={row} />
        <span className="clip muted">
          <Prose
            text={[run.workflow, row.jobs[0], run.ref === undefined ? undefined : refName(run.ref)]
              .filter(Boolean)
              .join(' · ')
              .slice(0, 200)}
          />
        </span>
      </div>
    </div>
  )
}

function Duration({ row }: { readonly row: RunSummary }) {
  if (row.finishedAt !== undefined) return duration(row.finishedAt - row.startedAt)
  if (row.state === 'lost') return <span className="muted">–</span>
  return <RunningFor since={row.startedAt} />
}

/** Only rows that still run follow the clock. */
function RunningFor({ since }: { readonly since: number }) {
  return duration(useNow() - since)
}
