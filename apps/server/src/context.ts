import type { EventStore } from './events/store.ts'
import type { StoreState } from './events/supervisor.ts'
import type { Log } from './log.ts'
import type { Database } from './meta/database.ts'
import type { ChangeBus } from './stream/changes.ts'

/** What routes and verbs stand on. */
export interface Context {
  readonly db: Database
  readonly store: EventStore
  readonly storeState: () => StoreState
  readonly changes: ChangeBus
  readonly log: Log
  /** Microseconds since the Unix epoch. */
  readonly now: () => number
}
