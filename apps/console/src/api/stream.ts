/*
 * Live changes. The stream only says that a run has something new; what is on the screen is then fetched like anything else, at
 * most once a second, so a busy organization cannot make a console ask without pause.
 */
import type { RunChange, RunPage } from '@gatehouse/schema'
import { type InfiniteData, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { apiPath } from '../path.ts'
import { request } from './client.ts'
import { existingJobStore } from './job-store.ts'
import { RUNS_PER_PAGE, runQuery } from './queries.ts'

export type StreamState = 'connecting' | 'live' | 'interrupted'

const FLUSH_MS = 1_000

/** Opens the stream while mounted; returns whether what is shown is live. */
export function useStream(): StreamState {
  const client = useQueryClient()
  const [state, setState] = useState<StreamState>('connecting')

  useEffect(() => {
    const changed = new Map<string, RunChange>()
    let timer: ReturnType<typeof setTimeout> | undefined
    let wasInterrupted = false

    const flush = (): void => {
      timer = undefined
      const changes = [...changed.values()]
      changed.clear()
      void apply(client, changes)
    }
    const source = new EventSource(apiPath.stream())
    source.addEventListener('open', () => {
      setState('live')
      // Whatever changed while the line was down was not announced.
      if (wasInterrupted) void client.invalidateQueries()
      wasInterrupted = false
    })
    source.addEventListener('error', () => {
      wasInterrupted = true
      setState('interrupted')
    })
    source.addEventListener('run', (message: MessageEvent<string>) => {
      const change = readChange(message.data)
      if (change === undefined) return
      changed.set(change.job, change)
      timer ??= setTimeout(flush, FLUSH_MS)
    })
    return () => {
      source.close()
      clearTimeout(timer)
    }
  }, [client])
  return state
}

function readChange(data: string): RunChange | undefined {
  try {
    const change = JSON.parse(data) as Partial<RunChange>
    return typeof change.run === 'string' && typeof change.job === 'string' ? (change as RunChange) : undefined
  } catch {
    return undefined
  }
}

async function apply(client: QueryClient, changes: readonly RunChange[]): Promise<void> {
  for (const change of changes) existingJobStore(change.job)?.refresh()
  const runs = new Set(changes.map((change) => change.run))
  for (const run of runs) void client.invalidateQueries({ queryKey: runQuery(run).queryKey })
  await refreshLists(client)
}

/** Fetches the newest page of each list on the screen and works it in; older pages that were loaded stay where they are. */
async function refreshLists(client: QueryClient): Promise<void> {
  const lists = client.getQueryCache().findAll({ queryKey: ['runs'], type: 'active' })
  await Promise.all(
    lists.map(async (list) => {
      const [, search, state] = list.queryKey as [string, string, string]
      const newest = await request<RunPage>(
        apiPath.runs({ search: search || undefined, state: state || undefined, limit: RUNS_PER_PAGE }),
      ).catch(() => undefined)
      if (newest === undefined) return
      client.setQueryData<InfiniteData<RunPage, string | undefined>>(list.queryKey, (data) =>
        data === undefined ? data : merge(data, newest, state !== ''),
      )
    }),
  )
}

/**
 * New runs go to the top, known ones are replaced in place.
 * @param filtered With a state filter, a run of the first page that is no longer in the newest one has left the filter.
 */
function merge(
  data: InfiniteData<RunPage, string | undefined>,
  newest: RunPage,
  filtered: boolean,
): InfiniteData<RunPage, string | undefined> {
  const fresh = new Map(newest.items.map((each) => [each.run.id, each]))
  const oldest = newest.items.at(-1)?.startedAt ?? 0
  const known = new Set<string>()
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.flatMap((each) => {
      known.add(each.run.id)
      const now = fresh.get(each.run.id)
      if (now !== undefined) return [now]
      const left = filtered && (newest.next === undefined || each.startedAt >= oldest)
      return left ? [] : [each]
    }),
  }))
  const added = newest.items.filter((each) => !known.has(each.run.id))
  const [first, ...rest] = pages
  if (first === undefined) return { pages: [newest], pageParams: [undefined] }
  return { ...data, pages: [{ ...first, items: [...added, ...first.items] }, ...rest] }
}
