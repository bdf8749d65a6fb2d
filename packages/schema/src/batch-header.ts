/* The first line of a batch, as a schema for its receiver. Apart from wire.ts, so that a sender need not load the schema library. */
import Type, { type Static } from 'typebox'
import { Count, Text, Time, Uuid } from './fields.ts'
import { BATCH_LIMITS } from './wire.ts'

export type BatchHeader = Static<typeof BatchHeader>
export const BatchHeader = Type.Object(
  {
    v: Type.Integer({ minimum: 1, maximum: 65_535, description: 'Version of the event language.' }),
    job: Uuid('The job it belongs to.'),
    n: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Number of the batch within the job, from 1, without gaps.' }),
    seq0: Count('What the seq of its events counts from.'),
    count: Count('Records that follow, one a line.', BATCH_LIMITS.records),
    clock: Time('Clock of the sender when it made the batch; times in it count from here.'),
    agent: Text(64, 'Version of the sender.'),
    final: Type.Boolean({ description: 'True for the last batch of the job.' }),
  },
  { $id: 'BatchHeader', additionalProperties: false, description: 'First line of a batch.' },
)
