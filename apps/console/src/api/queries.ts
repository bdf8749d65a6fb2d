/* What the console asks the server, and how long it believes the answer. */
import type { RunDetail, RunPage, Session } from '@gatehouse/schema'
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import { apiPath, type RunsFilter } from '../path.ts'
import { ApiError, request } from './client.ts'

export const RUNS_PER_PAGE = 50

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // What the server refuses it will refuse again; what it did not answer may be answered in a moment.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.status === 0 || error.status === 502),
    },
  },
})

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => request<Session>(apiPath.session(), { signal }),
  staleTime: 60_000,
})

export function runsQuery(filter: RunsFilter) {
  return infiniteQueryOptions({
    queryKey: ['runs', filter.search ?? '', filter.state ?? ''],
    queryFn: ({ pageParam, signal }) => request<RunPage>(apiPath.runs({ ...filter, before: pageParam, limit: RUNS_PER_PAGE }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
}

export function runQuery(run: string) {
  return queryOptions({
    queryKey: ['run', run],
    queryFn: ({ signal }) => request<RunDetail>(apiPath.run(run), { signal }),
  })
}

export async function signIn(code: string): Promise<Session> {
  const session = await request<Session>(apiPath.session(), { method: 'POST', body: { code } })
  queryClient.setQueryData(sessionQuery.queryKey, session)
  return session
}

/** Forgets everything that was fetched: the next person at this browser sees nothing of it. */
export async function signOut(): Promise<void> {
  await request<void>(apiPath.session(), { method: 'DELETE' })
  queryClient.clear()
}
