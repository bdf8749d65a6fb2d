/* What a page shows when it has nothing to show: not yet, nothing there, or something failed. */
import { CloudOff, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { Prose } from './MachineText.tsx'

/** The frame of rows that are on their way. */
export function SkeletonRows({ rows, label }: { readonly rows: number; readonly label: string }) {
  return (
    <output className="skeleton">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        // eslint-disable-next-line react/no-array-index-key -- identical bars that never move
        <div key={index} className="skeleton-row" aria-hidden="true">
          <span className="bone" style={{ width: `${12 + ((index * 7) % 10)}%` }} />
          <span className="bone" style={{ width: `${24 + ((index * 11) % 20)}%` }} />
          <span className="bone" style={{ width: `${8 + ((index * 5) % 8)}%` }} />
        </div>
      ))}
    </output>
  )
}

export function EmptyState({
  title,
  children,
  icon,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly icon?: ReactNode
}) {
  return (
    <div className="empty">
      {icon === undefined ? null : <div className="empty-icon">{icon}</div>}
      <p className="empty-title">{title}</p>
      <div className="muted empty-text">{children}</div>
    </div>
  )
}

/** Says what failed, in the server's own words where it gave any, and what can be done. */
export function ErrorPanel({ what, error, onRetry }: { readonly what: string; readonly error: unknown; readonly onRetry?: () => void }) {
  const detail = error instanceof Error ? error.message : 'Something unexpected happened.'
  return (
    <div className="empty" role="alert">
      <div className="empty-icon tone-text-critical">
        <CloudOff size={24} aria-hidden="true" />
      </div>
      <p className="empty-title">{what}</p>
      <div className="muted empty-text">
        <Prose text={detail} />
        {error instanceof ApiError ? (
          <p className="error-code">
            <code>{error.code}</code>
            {error.status > 0 ? ` · HTTP ${error.status}` : ''}
          </p>
        ) : null}
      </div>
      {onRetry === undefined ? null : (
        <button type="button" className="button" onClick={onRetry}>
          <RotateCw size={14} aria-hidden="true" /> Try again
        </button>
      )}
    </div>
  )
}
