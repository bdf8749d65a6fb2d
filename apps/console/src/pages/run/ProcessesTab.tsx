import { ChevronDown, ChevronRight, FilePen, Globe, KeyRound, MemoryStick, OctagonAlert, SearchX } from 'lucide-react'
import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { count, counted, duration } from '../../format/format.ts'
import { labelOf } from '../../model/names.ts'
import { commandOf } from '../../model/select.ts'
import { OPEN_TO, type TreeRow, treeRows } from '../../model/tree.ts'
import { Tag } from '../../ui/badges.tsx'
import { Escaped, MachineText } from '../../ui/MachineText.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { useRows } from '../../ui/useRows.ts'
import { useRunView } from './view.ts'

const ROW = 28

/**
 * The process tree. One tab stop; arrows move as the ARIA tree pattern says. Focus is told by `aria-activedescendant`, because the
 * row that has it may be scrolled out of what is rendered.
 */
export default function ProcessesTab() {
  const view = useRunView()
  const { model, version, filter, job } = view
  const [toggled, setToggled] = useState<ReadonlySet<number>>(new Set())
  const [openTo, setOpenTo] = useState(OPEN_TO)
  const [active, setActive] = useState<number>()
  const list = useRef<HTMLDivElement>(null)

  const flagged = useMemo(() => new Set(job.findings.map((finding) => finding.process).filter((number) => number > 0)), [job])
  const rows = useMemo(
    () => treeRows(model, filter, { toggled, openTo }, flagged),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
    [model, version, filter, toggled, openTo, flagged],
  )
  const { items, before, after, scrollTo } = useRows(list, rows.length, ROW)
  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => row.process.number === active),
  )

  const move = (index: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (next === undefined) return
    setActive(next.process.number)
    scrollTo(rows.indexOf(next))
  }
  const toggle = (numbers: readonly number[]): void => {
    const next = new Set(toggled)
    for (const number of numbers) if (!next.delete(number)) next.add(number)
    setToggled(next)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[activeIndex]
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(activeIndex + 1),
      ArrowUp: () => move(activeIndex - 1),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      PageDown: () => move(activeIndex + 20),
      PageUp: () => move(activeIndex - 20),
      ArrowRight: () => (row.open ? move(activeIndex + 1) : row.expandable ? toggle([row.process.number]) : undefined),
      ArrowLeft: () => (row.open ? toggle([row.process.number]) : move(parentIndex(rows, activeIndex))),
      '*': () =>
        toggle(rows.filter((each) => each.level === row.level && each.expandable && !each.open).map((each) => each.process.number)),
      Enter: () => view.openProcess(row.process.number),
      ' ': () => view.openProcess(row.process.number),
    }
    const action = actions[event.key]
    if (action === undefined) return
    event.preventDefault()
    event.stopPropagation()
    action()
  }

  if (rows.length === 0) {
    return (
      <EmptyState title="No process matches" icon={<SearchX size={24} aria-hidden="true" />}>
        <p>The filter looks at arguments, programs and pids.</p>
      </EmptyState>
    )
  }
  const shownActive = rows[activeIndex]?.process.number
  const folded = rows.reduce((sum, row) => sum + row.hidden, 0)
  return (
    <>
      <div className="panel-head">
        <p className="muted">
          {counted(rows.length, 'process', 'processes')} shown{folded === 0 ? '' : `, ${count(folded)} folded away`}
        </p>
        <div className="buttons">
          <button
            type="button"
            className="button button-quiet"
            onClick={() => {
              setToggled(new Set())
              setOpenTo(1_000)
            }}
          >
            Open all
          </button>
          <button
            type="button"
            className="button button-quiet"
            onClick={() => {
              setToggled(new Set())
              setOpenTo(2)
            }}
          >
            Fold all
          </button>
        </div>
      </div>
      <div
        ref={list}
        role="tree"
        aria-label="Processes"
        className="tree"
        tabIndex={0}
        aria-activedescendant={shownActive === undefined ? undefined : `process-${shownActive}`}
        onKeyDown={onKeyDown}
        style={{ paddingTop: before, paddingBottom: after }}
      >
        {items.map((item) => {
          const row = rows[item.index]
          return row === undefined ? null : (
            <Row
              key={row.process.number}
              row={row}
              active={row.process.number === shownActive}
              flagged={flagged.has(row.process.number)}
              onToggle={() => {
                setActive(row.process.number)
                toggle([row.process.number])
              }}
              onOpen={() => {
                setActive(row.process.number)
                view.openProcess(row.process.number)
              }}
            />
          )
        })}
      </div>
    </>
  )
}

function parentIndex(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1
  for (let at = index - 1; at >= 0; at -= 1) if ((rows[at]?.level ?? 0) < level) return at
  return index
}

interface RowProps {
  readonly row: TreeRow
  readonly active: boolean
  readonly flagged: boolean
  readonly onToggle: () => void
  readonly onOpen: () => void
}

/** Deeper levels stop moving to the right: a fork chain of a hundred must not leave the screen. */
const INDENT_MAX = 16

function Row({ row, active, flagged, onToggle, onOpen }: RowProps) {
  const { process } = row
  const indent = Math.min(row.level - 1, INDENT_MAX) * 16
  const failed = (process.exitCode ?? 0) !== 0 || (process.signal ?? 0) !== 0
  return (
    // Mouse only: the tree itself handles every key for its rows.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- see above
    <div
      role="treeitem"
      id={`process-${process.number}`}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={active}
      {...(row.expandable ? { 'aria-expanded': row.open } : {})}
      className={`tree-row ${active ? 'tree-active' : ''} ${row.context ? 'tree-context' : ''} ${flagged ? 'tree-flagged' : ''}`}
      style={{ height: ROW, paddingLeft: 4 + indent, '--indent': `${indent}px` } as CSSProperties}
      onClick={onOpen}
    >
      <span
        className="twisty"
        aria-hidden="true"
        onClick={(event) => {
          if (!row.expandable) return
          event.stopPropagation()
          onToggle()
        }}
      >
        {row.expandable ? row.open ? <ChevronDown size={14} /> : <ChevronRight size={14} /> : null}
      </span>
      {flagged ? (
        <>
          <OctagonAlert size={14} className="tone-text-critical" aria-hidden="true" />
          <span className="sr-only">has findings: </span>
        </>
      ) : null}
      <span className="tree-name">
        <Escaped text={labelOf(process).slice(0, 60)} />
      </span>
      <MachineText value={commandOf(process).slice(0, 4_000)} quiet className="tree-command" />
      {row.hidden > 0 ? <span className="tree-hidden">+{count(row.hidden)}</span> : null}
      {[...process.flags].slice(0, 2).map((flag) => (
        <Tag key={flag}>{flag}</Tag>
      ))}
      <span className="tree-deeds">
        {process.secrets > 0 ? (
          <Deed icon={<KeyRound size={12} aria-hidden="true" />} number={process.secrets} name="secret reads" tone="tone-text-high" />
        ) : null}
        {process.memory > 0 ? (
          <Deed
            icon={<MemoryStick size={12} aria-hidden="true" />}
            number={process.memory}
            name="memory accesses"
            tone="tone-text-critical"
          />
        ) : null}
        {process.flows > 0 ? <Deed icon={<Globe size={12} aria-hidden="true" />} number={process.flows} name="connections" /> : null}
        {process.changes > 0 ? <Deed icon={<FilePen size={12} aria-hidden="true" />} number={process.changes} name="file changes" /> : null}
      </span>
      <span className={`tree-exit ${failed ? 'tone-text-high' : 'muted'}`}>
        {(process.signal ?? 0) > 0 ? `signal ${process.signal}` : failed ? `exit ${process.exitCode}` : ''}
      </span>
      <span className="tree-time muted">{process.endedAt === undefined ? 'running' : duration(process.endedAt - process.startedAt)}</span>
    </div>
  )
}

function Deed({
  icon,
  number,
  name,
  tone = '',
}: {
  readonly icon: React.ReactNode
  readonly number: number
  readonly name: string
  readonly tone?: string
}) {
  return (
    <span className={`deed ${tone}`} title={`${count(number)} ${name}`}>
      {icon}
      {count(number)}
      <span className="sr-only"> {name}</span>
    </span>
  )
}
