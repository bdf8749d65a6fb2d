/** HTTP adapter for runs and the events of their jobs. */
import { EventPage, EventQuery, RunDetail, RunPage, RunQuery } from '@gatehouse/schema'
import { idParams, route, type Route } from '../http/route.ts'
import { AppError } from '../problem.ts'
import { hasJob, listRuns, readRun } from './store.ts'

const EVENTS_DEFAULT = 5_000

export function runRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/v1/runs',
        id: 'listRuns',
        summary: 'Runs, newest first',
        access: 'session',
        query: RunQuery,
        answer: { status: 200, description: 'A page of runs.', schema: RunPage },
        problems: ['REQUEST_INVALID', 'SESSION_NEEDED'],
      },
      ({ db }, { caller, query }) => listRuns(db, caller.org, query),
    ),
    route(
      {
        method: 'GET',
        path: '/v1/runs/{run}',
        id: 'getRun',
        summary: 'One run with its jobs, steps and findings',
        access: 'session',
        params: idParams('run', 'Identity of the run.'),
        answer: { status: 200, description: 'The run.', schema: RunDetail },
        problems: ['REQUEST_INVALID', 'SESSION_NEEDED', 'NOT_FOUND'],
      },
      async ({ db }, { caller, params }) => {
        const run = await readRun(db, caller.org, params.run)
        // Also for another organization's run: that it exists is not ours to tell.
        if (run === undefined) throw new AppError('NOT_FOUND', 'there is no such run')
        return run
      },
    ),
    route(
      {
        method: 'GET',
        path: '/v1/jobs/{job}/events',
        id: 'listEvents',
        summary: 'Events of a job, by seq',
        description: 'A page also ends early when it would grow beyond about 8 MB.',
        access: 'session',
        params: idParams('job', 'Identity of the job.'),
        query: EventQuery,
        answer: { status: 200, description: 'A page of events.', schema: EventPage },
        problems: ['REQUEST_INVALID', 'SESSION_NEEDED', 'NOT_FOUND'],
      },
      async ({ db, store }, { caller, params, query }) => {
        if (!(await hasJob(db, caller.org, params.job))) throw new AppError('NOT_FOUND', 'there is no such job')
        const page = await store.events(caller.org, params.job, {
          after: query.after ?? 0,
          limit: query.limit ?? EVENTS_DEFAULT,
          kinds: query.kind ?? [],
          ...(query.step === undefined ? {} : { step: query.step }),
        })
        const last = page.items.at(-1)
        return page.more && last !== undefined ? { items: page.items, next: last.seq } : { items: page.items }
      },
    ),
  ]
}
