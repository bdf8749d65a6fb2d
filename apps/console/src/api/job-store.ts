/*
 * Events of a job, fetched in pages by seq and indexed as they come; the page shows what is there while the rest is on its way.
 * A store lives outside React because it is appended to, not replaced; components read it through useSyncExternalStore.
 */
import type { EventPage } from '@gatehouse/schema'
import { append, createJobModel, type JobModel } from '../model/job-model.ts'
import { apiPath } from '../path.ts'
import { ApiError, request } from './client.ts'

const EVENTS_PER_PAGE = 5_000

/** Beyond this the tab would need more memory than a browser gives; the rest is counted and said. */
const EVENTS_MAX = 400_000

/** While pages pour in, what is shown is drawn anew this often and not for every page. */
const PUBLISH_EVERY_MS = 250

export interface JobSnapshot {
  readonly model: JobModel
  /** Changes with every page; what is derived from the model is memoised by it. */
  readonly version: number
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: ApiError | undefined
  readonly truncated: boolean
}

export interface JobStore {
  readonly subscribe: (listener: () => void) => () => void
  readonly snapshot: () => JobSnapshot
  /** Fetches until the newest event; harmless while that is going on already. */
  readonly refresh: () => void
}

export type FetchPage = (after: number) => Promise<EventPage>

export function createJobStore(fetchPage: FetchPage): JobStore {
  const model = createJobModel()
  const listeners = new Set<() => void>()
  let snapshot: JobSnapshot = { model, version: 0, phase: 'loading', error: undefined, truncated: false }
  let running = false
  let again = false
  let publishedAt = Number.NEGATIVE_INFINITY

  const publish = (change: Partial<JobSnapshot>): void => {
    snapshot = { ...snapshot, ...change, version: model.version }
    publishedAt = performance.now()
    for (const listener of listeners) listener()
  }

  const load = async (): Promise<void> => {
    for (;;) {
      again = false
      if (model.events.length >= EVENTS_MAX) return publish({ phase: 'ready', truncated: true })
      const page = await fetchPage(model.lastSeq)
      const before = model.lastSeq
      append(model, page.items)
      // A page that brings nothing new and yet promises more would be asked for without end.
      const more = page.next !== undefined && model.lastSeq > before
      if (!more) publish({ phase: 'ready', error: undefined })
      else if (performance.now() - publishedAt > PUBLISH_EVERY_MS) publish({})
      if (!more && !again) return
    }
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    snapshot: () => snapshot,
    refresh: () => {
      again = true
      if (running) return
      running = true
      load()
        .catch((error: unknown) => {
          publish({ phase: 'failed', error: error instanceof ApiError ? error : new ApiError(0, 'UNEXPECTED', String(error)) })
        })
        .finally(() => {
          running = false
        })
    },
  }
}

/** The few jobs looked at last stay in memory, so that going back is instant; more would fill it. */
const KEPT = 3
const stores = new Map<string, JobStore>()

export function jobStore(job: string): JobStore {
  const known = stores.get(job)
  if (known !== undefined) {
    stores.delete(job)
    stores.set(job, known)
    return known
  }
  const store = createJobStore((after) => request<EventPage>(apiPath.events(job, after, EVENTS_PER_PAGE)))
  stores.set(job, store)
  for (const oldest of stores.keys()) {
    if (stores.size <= KEPT) break
    stores.delete(oldest)
  }
  return store
}

/** The store of a job that is being looked at, if it is. */
export function existingJobStore(job: string): JobStore | undefined {
  return stores.get(job)
}

export function forgetJobStores(): void {
  stores.clear()
}
