import { ArrowDown, ArrowUp } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useRows } from './useRows.ts'

interface Sorting {
  readonly column: string
  readonly descending: boolean
}

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

/**
 * A real table: virtualised with spacer rows, so that its semantics and reading order are the browser's own. It sorts by itself: a
 * table library makes an object for every row, which for 100,000 rows that grow page by page takes longer than everything else together.
 */
export function DataTable<T extends object>({ caption, columns, rows, rowKey, rowClass, rowHeight = 36, children }: DataTableProps<T>) {
  const [sorting, setSorting] = useState<Sorting>()
  const body = useRef<HTMLTableSectionElement>(null)
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting])
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
              const sortedBy = sorting?.column === column.id ? sorting : undefined
              return (
                <th
                  key={column.id}
                  scope="col"
                  className={`${fromClass(column)} ${column.align === 'right' ? 'num' : ''}`}
                  {...(sortedBy === undefined ? {} : { 'aria-sort': sortedBy.descending ? 'descending' : 'ascending' })}
                >
                  {column.sortBy === undefined ? (
                    column.header
                  ) : (
                    <button type="button" className="sort" onClick={() => setSorting(nextSorting(sorting, column.id))}>
                      {column.header}
                      {sortedBy === undefined ? null : sortedBy.descending ? (
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
              <tr key={rowKey(row)} aria-rowindex={item.index + 2} className={rowClass?.(row) ?? ''} style={{ height: rowHeight }}>
                {columns.map((column) => {
                  const classes = `${fromClass(column)} ${column.align === 'right' ? 'num' : ''}`
                  return column.rowHeader === true ? (
                    <th key={column.id} scope="row" className={classes}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.id} className={classes}>
                      {column.cell(row)}
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

/** Ascending, descending, and back to the order of the record. */
function nextSorting(sorting: Sorting | undefined, column: string): Sorting | undefined {
  if (sorting?.column !== column) return { column, descending: false }
  return sorting.descending ? undefined : { column, descending: true }
}

function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sorting: Sorting | undefined): readonly T[] {
  const by = columns.find((column) => column.id === sorting?.column)?.sortBy
  if (by === undefined) return rows
  const sign = sorting?.descending === true ? -1 : 1
  // The key of each row once, not once per comparison.
  const keyed = rows.map((row, index) => ({ row, index, key: by(row) }))
  keyed.sort((a, b) => sign * compare(a.key, b.key) || a.index - b.index)
  return keyed.map((each) => each.row)
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** One cell only: spanning columns that a narrow screen hides would bring their width back. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden="true" className="spacer" style={{ height }}>
      <td>{null}</td>
    </tr>
  )
}

function fromClass(column: { readonly from?: string }): string {
  return column.from === undefined ? '' : `from-${column.from}`
}
