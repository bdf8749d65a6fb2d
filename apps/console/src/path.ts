/* The only source of URLs of the console. State lives in them, so that a link shows a colleague the same thing. */

export const RUN_TABS = ['story', 'processes', 'network', 'files', 'timeline', 'raw'] as const
export type RunTab = (typeof RUN_TABS)[number]

/** The tab an address names; the story when it names none, undefined when it names one that does not exist. */
export function readTab(tab: string | undefined): RunTab | undefined {
  return RUN_TABS.find((each) => each === (tab ?? 'story'))
}

/** What is selected on a run page; every field is optional and shared by all tabs. */
export interface RunSelection {
  /** Job of the run, when it has several. */
  readonly job?: string | undefined
  readonly step?: number | undefined
  readonly process?: number | undefined
  /** Text that what is shown must contain. */
  readonly search?: string | undefined
  /** Window in milliseconds since the job started. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Kind of event (raw) or sub-view (network). */
  readonly view?: string | undefined
}

export interface RunsFilter {
  readonly search?: string | undefined
  readonly state?: string | undefined
}

export const path = {
  home: () => '/',
  runs: (filter: RunsFilter = {}) => withQuery('/runs', { search: filter.search, state: filter.state }),
  run: (run: string, tab: RunTab = 'story', selection: RunSelection = {}) =>
    withQuery(`/runs/${encodeURIComponent(run)}${tab === 'story' ? '' : `/${tab}`}`, {
      job: selection.job,
      step: selection.step,
      process: selection.process,
      search: selection.search,
      from: selection.from,
      to: selection.to,
      view: selection.view,
    }),
  /** @param after Path to return to, which must be one of ours. */
  signIn: (after?: string) => withQuery('/sign-in', { after: after === '/' ? undefined : after }),
} as const

/** The API, under the same origin. */
export const apiPath = {
  session: () => '/v1/session',
  runs: (query: { before?: string | undefined; search?: string | undefined; state?: string | undefined; limit?: number }) =>
    withQuery('/v1/runs', query),
  run: (run: string) => `/v1/runs/${encodeURIComponent(run)}`,
  events: (job: string, after: number, limit: number) => withQuery(`/v1/jobs/${encodeURIComponent(job)}/events`, { after, limit }),
  stream: (run?: string) => withQuery('/v1/stream', { run }),
} as const

/** Reads the selection out of a URL's query; what does not parse is as if it were not there. */
export function readSelection(query: URLSearchParams): RunSelection {
  return {
    job: query.get('job') ?? undefined,
    step: whole(query.get('step')),
    process: whole(query.get('process')),
    search: query.get('search') ?? undefined,
    from: whole(query.get('from')),
    to: whole(query.get('to')),
    view: query.get('view') ?? undefined,
  }
}

/** A path of this console to go back to, or home: never another origin, whatever the link said. */
export function safeReturn(after: string | null): string {
  return after !== null && /^\/(?![/\\])[\w\-./?=&%+]*$/.test(after) ? after : path.home()
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function withQuery(base: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  if (entries.length === 0) return base
  return `${base}?${new URLSearchParams(entries.map(([name, value]): [string, string] => [name, String(value)])).toString()}`
}
