import { ChevronDown, ChevronRight, FileX, KeyRound, SearchX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { counted } from '../../format/format.ts'
import { AREA_NOTES, AREA_TITLES, FILE_AREAS, type FileArea } from '../../model/areas.ts'
import type { FileUse } from '../../model/job-model.ts'
import { selectFiles } from '../../model/select.ts'
import { familyWords } from '../../model/words.ts'
import { Tag } from '../../ui/badges.tsx'
import { type Column, DataTable } from '../../ui/DataTable.tsx'
import { MachineText } from '../../ui/MachineText.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Offset } from '../../ui/time.tsx'
import { Chain, StepLink } from './Chain.tsx'
import { useRunView } from './view.ts'

/** Longer lists are folded until somebody wants them. */
const OPEN_UP_TO = 60

/** Files by where they lie, the ones that hold secrets first. */
export default function FilesTab() {
  const view = useRunView()
  const { model, version, filter } = view
  const [toggled, setToggled] = useState<ReadonlySet<FileArea>>(new Set())
  const byArea = useMemo(() => {
    const areas = new Map<FileArea, FileUse[]>()
    for (const use of selectFiles(model, filter)) {
      const list = areas.get(use.area)
      if (list === undefined) areas.set(use.area, [use])
      else list.push(use)
    }
    return areas
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the model changes in place; its version says when
  }, [model, version, filter])

  if (byArea.size === 0) {
    return model.files.size > 0 ? (
      <EmptyState title="No file matches" icon={<SearchX size={24} aria-hidden="true" />}>
        <p>Nothing within the filters above.</p>
      </EmptyState>
    ) : (
      <EmptyState title="No files were changed" icon={<FileX size={24} aria-hidden="true" />}>
        <p>Changes to any file and reads of files that hold secrets would be here.</p>
      </EmptyState>
    )
  }
  return FILE_AREAS.map((area) => {
    const files = byArea.get(area)
    if (files === undefined) return null
    const open = files.length <= OPEN_UP_TO !== toggled.has(area)
    return (
      <section key={area} className="area" aria-labelledby={`area-${area}`}>
        <h2 id={`area-${area}`} className="area-head">
          <button
            type="button"
            aria-expanded={open}
            onClick={() => {
              const next = new Set(toggled)
              if (!next.delete(area)) next.add(area)
              setToggled(next)
            }}
          >
            {open ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
            {area === 'secret' ? <KeyRound size={14} className="tone-text-high" aria-hidden="true" /> : null}
            {AREA_TITLES[area]}
            <span className="tab-count">{counted(files.length, 'file')}</span>
          </button>
          <span className="muted area-note">{AREA_NOTES[area]}</span>
        </h2>
        {open ? (
          <DataTable
            caption={`Files: ${AREA_TITLES[area]}`}
            columns={columns}
            rows={files}
            rowKey={(use) => `${use.step} ${use.path}`}
            rowHeight={32}
          />
        ) : null}
      </section>
    )
  })
}

const columns: readonly Column<FileUse>[] = [
  { id: 'time', header: 'First', width: '92px', from: 'tablet', sortBy: (use) => use.firstAt, cell: (use) => <First use={use} /> },
  {
    id: 'what',
    header: 'Done',
    width: '116px',
    sortBy: (use) => [...use.ops.keys()].join(' '),
    cell: (use) => (
      <span className="clip">
        {[...use.ops].map(([op, times]) => `${op}${times > 1 ? ` ×${times}` : ''}`).join(', ')}
        {use.failed > 0 ? <span className="tone-text-high"> failed</span> : null}
      </span>
    ),
  },
  {
    id: 'path',
    header: 'File',
    rowHeader: true,
    sortBy: (use) => use.path,
    cell: (use) => (
      <span className="stack-line">
        <FileDoor use={use} />
        {use.to === undefined ? null : (
          <>
            <span className="muted">→</span> <MachineText value={use.to} />
          </>
        )}
        {use.family === undefined ? null : (
          <span className="from-tablet">
            <Tag>{familyWords(use.family)}</Tag>
          </span>
        )}
      </span>
    ),
  },
  { id: 'step', header: 'Step', width: '14%', from: 'tablet', sortBy: (use) => use.step, cell: (use) => <StepLink number={use.step} /> },
  { id: 'process', header: 'Process chain', width: '26%', from: 'desktop', cell: (use) => <Chain process={use.process} last={3} /> },
]

function First({ use }: { readonly use: FileUse }) {
  return <Offset time={use.firstAt} start={useRunView().start} />
}

function FileDoor({ use }: { readonly use: FileUse }) {
  const view = useRunView()
  return <MachineText value={use.path} to={view.link({ search: use.path.slice(0, 200) })} />
}
