import { ChartGantt } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { count, counted, duration } from '../../format/format.ts'
import { type Lane, lanes, type Mark, type MarkKind, PROCESS_LANES_MAX, ticks } from '../../model/lanes.ts'
import { Prose } from '../../ui/MachineText.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { useMediaQuery } from '../../ui/useMediaQuery.ts'
import { useRunView } from './view.ts'

const KINDS: Readonly<Record<MarkKind, { name: string; one: string }>> = {
  finding: { name: 'Finding', one: 'finding' },
  secret: { name: 'Secret read', one: 'secret read' },
  memory: { name: 'Memory access', one: 'memory access' },
  network: { name: 'Connection', one: 'connection' },
}

/** When did each step run, and when in it did things happen? Each lane's words say the same to those who do not see it. */
export default function TimelineTab() {
  const view = useRunView()
  const { job, model, version, start, selection } = view
  const narrow = useMediaQuery('(width < 760px)')
  // The selected window fills the width.
  const from = view.filter.from ?? start
  const to = view.filter.to ?? view.end
  const rows = useMemo(
    () => lanes(job, model, from, to, selection.step),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
    [job, model, version, from, to, selection.step],
  )
  const axis = ticks(to - from, narrow ? 3 : 8)

  if (rows.length === 0) {
    return (
      <EmptyState title="No steps yet" icon={<ChartGantt size={24} aria-hidden="true" />}>
        <p>Each step becomes a lane when its first process starts.</p>
      </EmptyState>
    )
  }
  return (
    <>
      <div className="panel-head">
        <p className="muted">
          When each step ran and what happened in it.{' '}
          {selection.step === undefined
            ? 'Choose a step to see its processes.'
            : `The step’s ${PROCESS_LANES_MAX} longest processes are below it.`}
        </p>
        <ul className="legend" aria-hidden="true">
          {(Object.keys(KINDS) as MarkKind[]).map((kind) => (
            <li key={kind}>
              <MarkShape kind={kind} /> {KINDS[kind].name}
            </li>
          ))}
        </ul>
      </div>
      <div className="lanes">
        <div className="lane lane-axis" aria-hidden="true">
          <span />
          <div className="lane-track">
            {axis.map((tick) => (
              <span key={tick} className="tick" style={{ left: `${(tick / Math.max(1, to - from)) * 100}%` }}>
                {duration(from - start + tick)}
              </span>
            ))}
          </div>
        </div>
        <ol>
          {rows.map((lane) => (
            <LaneRow key={lane.key} lane={lane} axis={axis} span={to - from} />
          ))}
        </ol>
      </div>
    </>
  )
}

function LaneRow({ lane, axis, span }: { readonly lane: Lane; readonly axis: readonly number[]; readonly span: number }) {
  const view = useRunView()
  const chosen = lane.process === undefined && view.selection.step === lane.step
  const to =
    lane.process === undefined
      ? view.link({ step: chosen ? undefined : lane.step })
      : view.link({ process: lane.process, step: undefined }, 'processes')
  return (
    <li className={`lane ${lane.process === undefined ? 'lane-step' : 'lane-process'}`}>
      <Link to={to} className="lane-name clip" {...(chosen ? { 'aria-current': 'true' as const } : {})}>
        <Prose text={lane.name.slice(0, 120)} />
      </Link>
      <span className="sr-only">
        , {lane.running ? 'running since' : 'took'} {duration(lane.took)}
        {lane.marks.length === 0 ? '' : `, ${spoken(lane.marks)}`}
      </span>
      <div className="lane-track" aria-hidden="true">
        {axis.map((tick) => (
          <span key={tick} className="tick-line" style={{ left: `${(tick / Math.max(1, span)) * 100}%` }} />
        ))}
        <span
          className={`lane-bar ${lane.running ? 'lane-running' : ''}`}
          style={{ left: `${lane.from * 100}%`, width: `max(2px, ${(lane.to - lane.from) * 100}%)` }}
          title={duration(lane.took)}
        />
        {lane.process !== undefined || lane.to <= 0.88 ? (
          <span className="lane-took" style={{ left: `${lane.to * 100}%` }}>
            {lane.to > 0.9 ? '' : duration(lane.took)}
          </span>
        ) : null}
        {lane.marks.map((mark) => (
          <span
            key={`${mark.kind} ${mark.at}`}
            className={`lane-mark lane-mark-${mark.kind}`}
            style={{ left: `${mark.at * 100}%` }}
            title={counted(mark.count, KINDS[mark.kind].one, `${KINDS[mark.kind].one}s`)}
          >
            <MarkShape kind={mark.kind} />
          </span>
        ))}
      </div>
    </li>
  )
}

/** A shape for each kind, so that colour is not needed to tell them apart. */
function MarkShape({ kind }: { readonly kind: MarkKind }) {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" className={`mark-shape mark-${kind}`} aria-hidden="true">
      {kind === 'finding' ? <path d="M5 0 10 9H0z" /> : null}
      {kind === 'secret' ? <path d="M5 0 10 5 5 10 0 5z" /> : null}
      {kind === 'memory' ? <path d="M1 1h8v8H1z" /> : null}
      {kind === 'network' ? <circle cx="5" cy="5" r="2.5" /> : null}
    </svg>
  )
}

function spoken(marks: readonly Mark[]): string {
  return (Object.keys(KINDS) as MarkKind[])
    .map((kind) => ({ kind, total: marks.filter((mark) => mark.kind === kind).reduce((sum, mark) => sum + mark.count, 0) }))
    .filter(({ total }) => total > 0)
    .map(({ kind, total }) => `${count(total)} ${KINDS[kind].one}${total === 1 ? '' : kind === 'memory' ? 'es' : 's'}`)
    .join(', ')
}
