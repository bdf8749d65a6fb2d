import type { Event, EventKind } from '@gatehouse/schema'
import { SearchX } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import { Link } from 'react-router'
import { counted } from '../../format/format.ts'
import { labelOf } from '../../model/names.ts'
import { selectEvents } from '../../model/select.ts'
import { describe, plain } from '../../model/words.ts'
import { Tag } from '../../ui/badges.tsx'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { Escaped, MachineText } from '../../ui/MachineText.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Offset } from '../../ui/time.tsx'
import { StepLink } from './Chain.tsx'
import { useRunView } from './view.ts'

const KINDS: readonly EventKind[] = ['process', 'file', 'network', 'dns', 'http', 'memory', 'system', 'loss']

/** Every event as it came; the number opens all of it. */
export default function RawTab() {
  const view = useRunView()
  const { model, version, selection } = view
  const kind = KINDS.find((each) => each === selection.view)
  // Typing stays quick while a hundred thousand events are looked through.
  const filter = useDeferredValue(view.filter)
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
  const events = useMemo(() => selectEvents(model, filter, kind), [model, version, filter, kind])
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- as above
  const present = useMemo(() => new Set(model.events.map((event) => event.kind)), [model, version])

  return (
    <>
      <div className="panel-head">
        <nav aria-label="Kind of event" className="segments segments-wrap">
          <Link
            to={view.link({ view: undefined })}
            replace
            className="segment"
            {...(kind === undefined ? { 'aria-current': 'true' as const } : {})}
          >
            all
          </Link>
          {KINDS.filter((each) => present.has(each)).map((each) => (
            <Link
              key={each}
              to={view.link({ view: each })}
              replace
              className="segment"
              {...(kind === each ? { 'aria-current': 'true' as const } : {})}
            >
              {each}
            </Link>
          ))}
        </nav>
        <p className="muted">{counted(events.length, 'event')}</p>
      </div>
      {events.length === 0 ? (
        <EmptyState title="No event matches" icon={<SearchX size={24} aria-hidden="true" />}>
          <p>{model.events.length === 0 ? 'Nothing was recorded for this job.' : 'Nothing within the filters above.'}</p>
        </EmptyState>
      ) : (
        <DataTable caption="Events" columns={columns} rows={events} rowKey={(event) => String(event.seq)} rowHeight={28} />
      )}
    </>
  )
}

const columns: readonly Column<Event>[] = [
  { id: 'seq', header: 'No.', width: '72px', align: 'right', cell: (event) => <Seq seq={event.seq} /> },
  { id: 'time', header: 'Time', width: '92px', from: 'tablet', cell: (event) => <When time={event.time} /> },
  {
    id: 'kind',
    header: 'Kind',
    width: '128px',
    from: 'tablet',
    cell: (event) => (
      <code className="kind">
        {event.kind}
        <span className="muted">.{event.op}</span>
      </code>
    ),
  },
  {
    id: 'what',
    header: 'What',
    rowHeader: true,
    cell: (event) => (
      <span className="stack-line">
        <MachineText value={plain(describe(event)).slice(0, 12_000)} quiet className="sentence" />
        <span className="from-tablet flags">
          {(event.flags ?? []).slice(0, 2).map((flag) => (
            <Tag key={flag}>{flag}</Tag>
          ))}
        </span>
      </span>
    ),
  },
  { id: 'process', header: 'Process', width: '120px', from: 'desktop', cell: (event) => <ProcessName event={event} /> },
  { id: 'step', header: 'Step', width: '14%', from: 'desktop', cell: (event) => <StepLink number={event.step} /> },
]

function Seq({ seq }: { readonly seq: number }) {
  const view = useRunView()
  return (
    <button type="button" className="seq" onClick={() => view.openEvent(seq)} aria-label={`Event ${seq}, show all of it`}>
      {seq}
    </button>
  )
}

function When({ time }: { readonly time: number }) {
  return <Offset time={time} start={useRunView().start} />
}

function ProcessName({ event }: { readonly event: Event }) {
  const view = useRunView()
  return (
    <Link to={view.link({ process: event.process })} className="chain-link clip">
      <Escaped text={labelOf(view.model.processes.get(event.process)).slice(0, 60)} />
    </Link>
  )
}
