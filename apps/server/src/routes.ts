/* Every route of the server, in the order of the documentation. */
import type { Route } from './http/route.ts'
import { healthRoutes } from './health/routes.ts'
import { huntRoutes } from './hunt/routes.ts'
import type { Committer } from './ingest/commit.ts'
import { ingestRoutes } from './ingest/routes.ts'
import { runRoutes } from './runs/routes.ts'
import { sessionRoutes } from './session/routes.ts'
import { streamRoutes } from './stream/routes.ts'

/** The routes, and how to end those that would go on for ever. */
export function allRoutes(committer: Committer): { readonly routes: readonly Route[]; readonly close: () => void } {
  const stream = streamRoutes()
  return {
    routes: [...ingestRoutes(committer), ...runRoutes(), ...huntRoutes(), ...stream.routes, ...sessionRoutes(), ...healthRoutes()],
    close: () => stream.close(),
  }
}
