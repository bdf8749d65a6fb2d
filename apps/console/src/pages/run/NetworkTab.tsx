import type { HttpEvent } from '@gatehouse/schema'
import { Globe, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { bytes, counted, duration, endpoint } from '../../format/format.ts'
import type { Flow, Lookup } from '../../model/job-model.ts'
import { selectFlows, selectLookups, selectRequests } from '../../model/select.ts'
import { PolicyVerdict, Tag } from '../../ui/badges.tsx'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { MachineText } from '../../ui/MachineText.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Offset } from '../../ui/time.tsx'
import { useMediaQuery } from '../../ui/useMediaQuery.ts'
import { Chain, StepLink } from './Chain.tsx'
import { useRunView } from './view.ts'

const VIEWS = [
  { view: undefined, name: 'Connections' },
  { view: 'dns', name: 'DNS' },
  { view: 'requests', name: 'Requests' },
] as const

const ROW_HEIGHT = 52

/** Never a connection without its step and its process chain. */
export default function NetworkTab() {
  const run = useRunView()
  const { model, version, filter, selection } = run
  const narrow = useMediaQuery('(width < 760px)')
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
  const flows = useMemo(() => selectFlows(model, filter), [model, version, filter])
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- as above
  const lookups = useMemo(() => selectLookups(model, filter), [model, version, filter])
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- as above
  const requests = useMemo(() => selectRequests(model, filter), [model, version, filter])
  const shown = VIEWS.find((each) => each.view === selection.view) ?? VIEWS[0]
  const totals = { Connections: flows.length, DNS: lookups.length, Requests: requests.length }
  const hosts = new Set(flows.map((flow) => flow.domain ?? flow.opened.ip))
  // On a phone a connection has a third line, for its chain; questions and requests have one.
  const rowHeight = narrow ? 84 : ROW_HEIGHT

  return (
    <>
      <div className="panel-head">
        <nav aria-label="Kind of traffic" className="segments">
          {VIEWS.map(({ view, name }) => (
            <Link
              key={name}
              to={run.link({ view })}
              replace
              className="segment"
              {...(shown.view === view ? { 'aria-current': 'true' as const } : {})}
            >
              {name} <span className="tab-count">{totals[name]}</span>
            </Link>
          ))}
        </nav>
        <p className="muted">
          {counted(flows.length, 'connection')} to {counted(hosts.size, 'host')}
        </p>
      </div>
      {totals[shown.name] === 0 ? (
        <Nothing filtered={model.flows.length + model.lookups.length > 0} />
      ) : shown.name === 'Connections' ? (
        <DataTable caption="Connections" columns={flowColumns} rows={flows} rowKey={(flow) => String(flow.flow)} rowHeight={rowHeight} />
      ) : shown.name === 'DNS' ? (
        <DataTable
          caption="DNS questions"
          columns={lookupColumns}
          rows={lookups}
          rowKey={(lookup) => String(lookup.query.seq)}
          rowHeight={ROW_HEIGHT}
        />
      ) : (
        <DataTable
          caption="HTTP requests"
          columns={requestColumns}
          rows={requests}
          rowKey={(request) => String(request.seq)}
          rowHeight={ROW_HEIGHT}
        />
      )}
    </>
  )
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return filtered ? (
    <EmptyState title="Nothing matches" icon={<SearchX size={24} aria-hidden="true" />}>
      <p>No traffic of this kind within the filters above.</p>
    </EmptyState>
  ) : (
    <EmptyState title="This job talked to nobody" icon={<Globe size={24} aria-hidden="true" />}>
      <p>Connections, DNS questions and cleartext requests would be here.</p>
    </EmptyState>
  )
}

function When({ time }: { readonly time: number }) {
  return <Offset time={time} start={useRunView().start} />
}

function Door({ value }: { readonly value: string }) {
  const view = useRunView()
  return <MachineText value={value} to={view.link({ search: value.slice(0, 200) })} />
}

function EventButton({ seq, name }: { readonly seq: number; readonly name: string }) {
  const view = useRunView()
  return (
    <button type="button" className="seq" onClick={() => view.openEvent(seq)} aria-label={`${name} ${seq}, show all of it`}>
      {seq}
    </button>
  )
}

const flowColumns: readonly Column<Flow>[] = [
  {
    id: 'time',
    header: 'Time',
    width: '92px',
    from: 'tablet',
    sortBy: (flow) => flow.opened.time,
    cell: (flow) => <When time={flow.opened.time} />,
  },
  {
    id: 'destination',
    header: 'Destination',
    rowHeader: true,
    sortBy: (flow) => flow.domain ?? flow.opened.ip,
    cell: (flow) => (
      <div className="stack">
        <span className="stack-line">
          {flow.domain === undefined ? (
            <>
              <Door value={endpoint(flow.opened.ip, flow.opened.port)} />
              {flow.opened.op === 'listen' ? (
                <Tag>listens</Tag>
              ) : (
                <span className="from-desktop">
                  <Tag title="No DNS answer named this address">no DNS</Tag>
                </span>
              )}
            </>
          ) : (
            <Door value={flow.domain} />
          )}
        </span>
        {flow.domain === undefined ? null : (
          <span className="stack-line stack-minor">
            <Door value={endpoint(flow.opened.ip, flow.opened.port)} />
          </span>
        )}
        <span className="stack-line stack-minor only-phone">
          <Chain process={flow.process} last={2} /> · {flow.sent === undefined ? '' : `${bytes(flow.sent)} sent`}
        </span>
      </div>
    ),
  },
  {
    id: 'step',
    header: 'Step',
    width: '14%',
    from: 'tablet',
    sortBy: (flow) => flow.step,
    cell: (flow) => <StepLink number={flow.step} />,
  },
  { id: 'process', header: 'Process chain', width: '24%', from: 'tablet', cell: (flow) => <Chain process={flow.process} last={4} /> },
  { id: 'protocol', header: 'Via', width: '48px', from: 'desktop', cell: (flow) => <span className="muted">{flow.opened.protocol}</span> },
  {
    id: 'sent',
    header: 'Sent',
    width: '72px',
    align: 'right',
    from: 'tablet',
    sortBy: (flow) => flow.sent ?? -1,
    cell: (flow) => (flow.sent === undefined ? '–' : bytes(flow.sent)),
  },
  {
    id: 'received',
    header: 'Received',
    width: '80px',
    align: 'right',
    from: 'desktop',
    sortBy: (flow) => flow.received ?? -1,
    cell: (flow) => (flow.received === undefined ? '–' : bytes(flow.received)),
  },
  {
    id: 'lasted',
    header: 'Lasted',
    width: '72px',
    align: 'right',
    from: 'wide',
    sortBy: (flow) => (flow.closedAt === undefined ? -1 : flow.closedAt - flow.opened.time),
    cell: (flow) => (flow.closedAt === undefined ? <span className="muted">–</span> : duration(flow.closedAt - flow.opened.time)),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '96px',
    from: 'wide',
    sortBy: (flow) => flow.outcome ?? '',
    cell: (flow) => <span className="muted">{flow.outcome ?? '–'}</span>,
  },
  {
    id: 'verdict',
    header: 'Verdict',
    width: '96px',
    sortBy: (flow) => flow.verdict,
    cell: (flow) => <PolicyVerdict verdict={flow.verdict} />,
  },
  {
    id: 'event',
    header: 'Event',
    width: '60px',
    align: 'right',
    from: 'desktop',
    cell: (flow) => <EventButton seq={flow.opened.seq} name="Event" />,
  },
]

const lookupColumns: readonly Column<Lookup>[] = [
  {
    id: 'time',
    header: 'Time',
    width: '92px',
    from: 'tablet',
    sortBy: ({ query }) => query.time,
    cell: ({ query }) => <When time={query.time} />,
  },
  { id: 'name', header: 'Name', rowHeader: true, sortBy: ({ query }) => query.name, cell: ({ query }) => <Door value={query.name} /> },
  { id: 'type', header: 'Type', width: '56px', cell: ({ query }) => <span className="muted">{query.type.slice(0, 16)}</span> },
  {
    id: 'answer',
    header: 'Answer',
    width: '22%',
    cell: ({ answer }) => {
      if (answer === undefined) return <span className="muted">none seen</span>
      if (answer.code !== undefined && answer.code !== 'NOERROR') return <MachineText value={answer.code} quiet />
      const data = (answer.answers ?? []).map((each) => each.data)
      return data.length === 0 ? <span className="muted">empty</span> : <MachineText value={data.slice(0, 8).join(', ')} />
    },
  },
  {
    id: 'step',
    header: 'Step',
    width: '14%',
    from: 'tablet',
    sortBy: ({ query }) => query.step,
    cell: ({ query }) => <StepLink number={query.step} />,
  },
  { id: 'process', header: 'Process chain', width: '22%', from: 'tablet', cell: ({ query }) => <Chain process={query.process} last={4} /> },
  { id: 'server', header: 'Asked', width: '110px', from: 'wide', cell: ({ query }) => <MachineText value={query.server} quiet /> },
  {
    id: 'event',
    header: 'Event',
    width: '60px',
    align: 'right',
    from: 'desktop',
    cell: ({ query }) => <EventButton seq={query.seq} name="Event" />,
  },
]

const requestColumns: readonly Column<HttpEvent>[] = [
  { id: 'time', header: 'Time', width: '92px', from: 'tablet', sortBy: (event) => event.time, cell: (event) => <When time={event.time} /> },
  {
    id: 'method',
    header: 'Method',
    width: '72px',
    sortBy: (event) => event.method,
    cell: (event) => <MachineText value={event.method} quiet />,
  },
  {
    id: 'url',
    header: 'Address',
    rowHeader: true,
    sortBy: (event) => event.host,
    cell: (event) => <MachineText value={`${event.scheme}://${event.host}${event.path}`} />,
  },
  { id: 'status', header: 'Status', width: '64px', align: 'right', cell: (event) => event.status ?? <span className="muted">–</span> },
  {
    id: 'step',
    header: 'Step',
    width: '14%',
    from: 'tablet',
    sortBy: (event) => event.step,
    cell: (event) => <StepLink number={event.step} />,
  },
  { id: 'process', header: 'Process chain', width: '24%', from: 'tablet', cell: (event) => <Chain process={event.process} last={4} /> },
  {
    id: 'event',
    header: 'Event',
    width: '60px',
    align: 'right',
    from: 'desktop',
    cell: (event) => <EventButton seq={event.seq} name="Event" />,
  },
]
