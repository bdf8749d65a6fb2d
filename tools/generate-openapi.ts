/* docs/openapi.json, from the routes of the server. */
import { openapiOf } from '../apps/server/src/http/openapi.ts'
import type { Committer } from '../apps/server/src/ingest/commit.ts'
import { allRoutes } from '../apps/server/src/routes.ts'

const TARGET = 'docs/openapi.json'

/** The OpenAPI document. */
export async function generateOpenapi(): Promise<ReadonlyMap<string, string>> {
  const committer: Committer = { reserve: never, hold: never, submit: never, close: never }
  return new Map([[TARGET, `${JSON.stringify(openapiOf(allRoutes(committer).routes), undefined, 2)}\n`]])
}

function never(): never {
  throw new Error('a description serves no requests')
}
