/** HTTP adapter for hunts. */
import { HuntAnswer, HuntExportRequest, HuntRequest } from '@gatehouse/schema'
import { route, type Route } from '../http/route.ts'
import { answerHunt, type HuntGate } from './answer-hunt.ts'
import { exportHunt } from './export-hunt.ts'

export function huntRoutes(): readonly Route[] {
  const gate: HuntGate = { running: 0 }
  return [
    route(
      {
        method: 'POST',
        path: '/v1/hunts',
        id: 'hunt',
        summary: 'A question over all history',
        description: 'Answered within 25 seconds or not at all. It changes nothing; it is a POST because queries do not fit an address.',
        access: 'session',
        body: HuntRequest,
        answer: { status: 200, description: 'Runs in which it was seen.', schema: HuntAnswer },
        problems: ['REQUEST_INVALID', 'HUNT_INVALID', 'SESSION_NEEDED', 'ORIGIN_REFUSED', 'HUNT_TOO_LARGE', 'BUSY'],
      },
      (context, { caller, body }) => answerHunt(context, gate, caller.org, body),
    ),
    route(
      {
        method: 'POST',
        path: '/v1/hunts/export',
        id: 'exportHunt',
        summary: 'The answer of a hunt as a file',
        description: 'One row per step in which it was seen, of the 10,000 runs with the newest sightings.',
        access: 'session',
        body: HuntExportRequest,
        answer: { status: 200, description: 'The file: CSV, or JSON when asked for.', mediaType: 'text/csv' },
        problems: ['REQUEST_INVALID', 'HUNT_INVALID', 'SESSION_NEEDED', 'ORIGIN_REFUSED', 'HUNT_TOO_LARGE', 'BUSY'],
      },
      async (context, { caller, body, reply }) => {
        const file = await exportHunt(context, gate, caller.org, body)
        await reply.type(file.mediaType).header('content-disposition', `attachment; filename="${file.name}"`).send(file.text)
        return undefined
      },
    ),
  ]
}
