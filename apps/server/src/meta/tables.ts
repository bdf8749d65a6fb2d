/*
 * Tables of the meta store, as Kysely sees them. Times are microseconds since the epoch by the server's clock unless a name says
 * otherwise; `body` columns hold JSON of the schema they are named for. Every table of tenants' data begins with `org`.
 */
import type { Generated } from 'kysely'

export interface Tables {
  readonly organization: { id: Generated<number>; name: string; created_at: number }
  /** Tokens of agents. The hash is SHA-256 of a random token, so that looking it up tells nothing about others. */
  readonly token: { hash: string; org: number; name: string; created_at: number }
  readonly session: { hash: string; org: number; user: string; expires_at: number }
  readonly signin_code: { hash: string; org: number; user: string; expires_at: number; used_at: number | null }
  readonly run: RunTable
  readonly job: JobTable
  readonly step: { org: number; job: string; number: number; batch: number; body: string }
  readonly finding: { org: number; job: string; id: string; time: number; severity: number; body: string }
  /** Batches that are durable. `seq_first` and `seq_last` bound the events in it; both 0 when there are none. */
  readonly batch: {
    org: number
    job: string
    n: number
    hash: string
    accepted: number
    rejected: number
    rejections: string
    seq_first: number
    seq_last: number
    received_at: number
  }
}

export interface RunTable {
  org: number
  id: string
  created_at: number
  /** Run of the schema, from the job that announced it first. */
  body: string
  /** Lower-case text that the list's search looks at. */
  search: string
}

export interface JobTable {
  org: number
  id: string
  /** Null until the job's announcement has arrived; batches may overtake it. */
  run: string | null
  /** Job of the schema. */
  body: string | null
  /** JobEnd of the schema. */
  end: string | null
  state: 'running' | 'finished' | 'lost'
  created_at: number
  seen_at: number
  /** Monday of the week of `created_at`: the partition of its events. */
  week: string
  /** Highest batch number that has come, number of batches that have come, and the number of the one marked final. */
  batch_last: number
  batches: number
  batch_final: number | null
  seq_last: number
  rejected: number
  unknown_fields: number
  /** Totals computed from the store after the fact; `counted` is 0 while they are behind. */
  counted: number
  events: number
  processes: number
  destinations: number
  files: number
  findings: number
  lost: number
  severity: number | null
  /** Position in the organization-wide order of changes: what /v1/stream resumes by. */
  change: number
}
