/*
 * Writes docs/openapi.json from the routes of the server. `--check` writes nothing and fails when the file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { openapiOf } from '../apps/server/src/http/openapi.ts'
import type { Committer } from '../apps/server/src/ingest/commit.ts'
import { allRoutes } from '../apps/server/src/routes.ts'

const TARGET = new URL('../docs/openapi.json', import.meta.url)

/** The text of docs/openapi.json. */
export function generateOpenapi(): string {
  const committer: Committer = { reserve: never, submit: never, close: never }
  return `${JSON.stringify(openapiOf(allRoutes(committer).routes), undefined, 2)}\n`
}

function never(): never {
  throw new Error('a description serves no requests')
}

if (import.meta.main) {
  const text = generateOpenapi()
  if (process.argv.includes('--check')) {
    if (readFileSync(TARGET, 'utf8') !== text) {
      process.stderr.write('docs/openapi.json is stale: run npm run generate\n')
      process.exitCode = 1
    }
  } else {
    mkdirSync(new URL('.', TARGET), { recursive: true })
    writeFileSync(TARGET, text)
  }
}
