import {
  createSortedRowModel,
  createColumnHelper,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useRows } from './useRows.ts'

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic, alphanumeric: sortFn_alphanumeric },
})

export interface Column<T> {
  readonly id: string
  readonly header: string
  readonly cell: (row: T) => ReactNode
  /** What it sorts by; a column without it does not sort. */
  readonly sortBy?: (row: T) => string | number
  /** CSS width; the columns without one share the rest. */
  readonly width?: string
  /** Shown from this width of the window on; narrower screens get what matters most. */
  readonly from?: 'tablet' | 'desktop' | 'wide'
  readonly align?: 'right'
  /** The column that names the row. */
  readonly rowHeader?: boolean
}

export interface DataTableProps<T> {
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly rowKey: (row: T) => string
  readonly rowClass?: (row: T) => string
  readonly rowHeight?: number
  /** After the rows: a sentinel that loads more, for example. */
  readonly children?: ReactNode
}

/** A real table: virtualised with spacer rows, so that its semantics and keyboard reading order are the browser's own. */
export function DataTable<T extends object>({ caption, columns, rows, rowKey, rowClass, rowHeight = 36, children }: DataTableProps<T>) {
  const [sorting, setSorting] = useState<SortingState>([])
  const body = useRef<HTMLTableSectionElement>(null)
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, T>()
    return columns.map((column) =>
      helper.accessor((row): unknown => column.sortBy?.(row), {
        id: column.id,
        enableSorting: column.sortBy !== undefined,
        sortFn: 'basic',
      }),
    )
  }, [columns])
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: rowKey,
  })
  const sorted = table.getRowModel().rows
  const { items, before, after } = useRows(body, sorted.length, rowHeight)

  return (
    <>
      <table className="grid" aria-rowcount={sorted.length + 1}>
        <caption className="sr-only">{caption}</caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} className={fromClass(column)} style={column.width === undefined ? {} : { width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => {
              const sortedBy = sorting.find((each) => each.id === column.id)
              return (
                <th
                  key={column.id}
                  scope="col"
                  className={`${fromClass(column)} ${column.align === 'right' ? 'num' : ''}`}
                  {...(sortedBy === undefined ? {} : { 'aria-sort': sortedBy.desc ? 'descending' : 'ascending' })}
                >
                  {column.sortBy === undefined ? (
                    column.header
                  ) : (
                    <button type="button" className="sort" onClick={() => table.getColumn(column.id)?.toggleSorting()}>
                      {column.header}
                      {sortedBy === undefined ? null : sortedBy.desc ? (
                        <ArrowDown size={12} aria-hidden="true" />
                      ) : (
                        <ArrowUp size={12} aria-hidden="true" />
                      )}
                    </button>
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody ref={body}>
          <Spacer height={before} />
          {items.map((item) => {
            const row = sorted[item.index]
            if (row === undefined) return null
            return (
              <tr key={row.id} aria-rowindex={item.index + 2} className={rowClass?.(row.original) ?? ''} style={{ height: rowHeight }}>
                {columns.map((column) => {
                  const classes = `${fromClass(column)} ${column.align === 'right' ? 'num' : ''}`
                  return column.rowHeader === true ? (
                    <th key={column.id} scope="row" className={classes}>
                      {column.cell(row.original)}
                    </th>
                  ) : (
                    <td key={column.id} className={classes}>
                      {column.cell(row.original)}
                    </td>
                  )
                })}
              </tr>
            )
          })}
          <Spacer height={after} />
        </tbody>
      </table>
      {children}
    </>
  )
}

/** One cell only: spanning columns that a narrow screen hides would bring their width back. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden="true" className="spacer" style={{ height }}>
      <td />
    </tr>
  )
}

function fromClass(column: { readonly from?: string }): string {
  return column.from === undefined ? '' : `from-${column.from}`
}
