import { Compass } from 'lucide-react'
import { Link } from 'react-router'
import { path } from '../path.ts'
import { EmptyState } from '../ui/states.tsx'
import { useTitle } from '../ui/useTitle.ts'

export function NotFound() {
  useTitle('Not found')
  return (
    <div className="page">
      <h1 className="sr-only">Not found</h1>
      <EmptyState title="Nothing is at this address" icon={<Compass size={24} aria-hidden="true" />}>
        <p>The link may be cut off, or what it led to was deleted.</p>
        <p>
          <Link className="button" to={path.runs()}>
            All runs
          </Link>
        </p>
      </EmptyState>
    </div>
  )
}
