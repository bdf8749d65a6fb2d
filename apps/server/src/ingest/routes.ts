/** HTTP adapter for batches of agents. */
import { Type } from 'typebox'
import { BatchAnswer } from '@gatehouse/schema'
import { BATCH_LIMITS, BATCH_MEDIA_TYPE } from '@gatehouse/schema/wire'
import { route, type Route } from '../http/route.ts'
import { AppError } from '../problem.ts'
import type { Committer } from './commit.ts'
import { receiveBatch } from './receive.ts'

const Params = Type.Object({
  job: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', maxLength: 36, description: 'Identity of the job.' }),
  n: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Number of the batch within the job, from 1.' }),
})

export function ingestRoutes(committer: Committer): readonly Route[] {
  return [
    route(
      {
        method: 'POST',
        path: '/v1/jobs/{job}/batches/{n}',
        id: 'sendBatch',
        summary: 'Take a batch of records of a job',
        description:
          'Answered when the batch is durable. Sending it again is harmless; batches may come in any order. ' +
          `At most ${BATCH_LIMITS.sentBytes} bytes as sent, ${BATCH_LIMITS.bytes} inflated, ${BATCH_LIMITS.records} records.`,
        access: 'token',
        params: Params,
        body: {
          mediaType: BATCH_MEDIA_TYPE,
          description: 'A batch: a header line, then one record a line. Content-Encoding: zstd, gzip or identity.',
        },
        answer: { status: 200, description: 'What became of it.', schema: BatchAnswer },
        problems: [
          ...([
            'REQUEST_INVALID',
            'BATCH_MALFORMED',
            'BATCH_MISADDRESSED',
            'TOKEN_INVALID',
            'BATCH_DIFFERS',
            'JOB_ENDED',
            'BATCH_TOO_LARGE',
          ] as const),
          ...(['MEDIA_TYPE_UNSUPPORTED', 'SCHEMA_UNSUPPORTED', 'BUSY', 'STORE_REFUSED', 'STORE_DOWN'] as const),
        ],
      },
      async (_, { caller, params, body, request }) => {
        if (!Buffer.isBuffer(body)) throw new AppError('MEDIA_TYPE_UNSUPPORTED', `a batch is sent as ${BATCH_MEDIA_TYPE}`)
        return await receiveBatch(committer, {
          org: caller.org,
          job: params.job,
          n: params.n,
          body,
          encoding: request.headers['content-encoding'],
        })
      },
    ),
  ]
}
