/** HTTP adapter for the state of the server. */
import { Health } from '@gatehouse/schema'
import { route, type Route } from '../http/route.ts'
import { VERSION } from '../version.ts'

export function healthRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/v1/health',
        id: 'getHealth',
        summary: 'Liveness, and what the server stands on',
        access: 'anyone',
        answer: { status: 200, description: 'State of the server.', schema: Health },
        problems: [],
      },
      async ({ storeState }): Promise<Health> => {
        const store = storeState()
        return { status: store === 'ready' ? 'ok' : 'degraded', version: VERSION, store }
      },
    ),
  ]
}
