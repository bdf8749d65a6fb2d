import { useRouteError } from 'react-router'
import { ErrorPanel } from '../ui/states.tsx'

/** What a page that broke looks like. A part that could not be loaded is most often an older version of the console in an open tab. */
export function RouteError() {
  const error = useRouteError()
  const stale = error instanceof TypeError && /dynamically imported module|module script/i.test(error.message)
  return (
    <main className="page">
      <h1 className="sr-only">Error</h1>
      <ErrorPanel
        what={stale ? 'The console was updated while this tab was open' : 'This page broke'}
        error={stale ? new Error('Reload to get the new version.') : error}
        onRetry={() => globalThis.location.reload()}
      />
    </main>
  )
}
