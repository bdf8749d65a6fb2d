import { expect, test } from 'vitest'
import { apiPath, path, readSelection, RUN_TABS, safeReturn } from './path.ts'

test('every address of the console and the API', () => {
  const run = '0192f3a4-0000-7000-8000-000000000001'
  expect([
    path.home(),
    path.runs(),
    path.runs({ search: 'a b/c&d', state: 'running' }),
    ...RUN_TABS.map((tab) => path.run(run, tab)),
    path.run(run, 'network', { job: 'j', step: 0, process: 7, search: 'x', from: 0, to: 1_500, view: 'dns' }),
    path.run('../../evil?x'),
    path.signIn(),
    path.signIn('/runs?state=lost'),
    apiPath.session(),
    apiPath.runs({ limit: 50 }),
    apiPath.runs({ before: 'c/1', search: 'x', state: 'lost' }),
    apiPath.run(run),
    apiPath.events(run, 0, 5_000),
    apiPath.stream(),
    apiPath.stream(run),
  ]).toMatchInlineSnapshot(`
    [
      "/",
      "/runs",
      "/runs?search=a+b%2Fc%26d&state=running",
      "/runs/0192f3a4-0000-7000-8000-000000000001",
      "/runs/0192f3a4-0000-7000-8000-000000000001/processes",
      "/runs/0192f3a4-0000-7000-8000-000000000001/network",
      "/runs/0192f3a4-0000-7000-8000-000000000001/files",
      "/runs/0192f3a4-0000-7000-8000-000000000001/timeline",
      "/runs/0192f3a4-0000-7000-8000-000000000001/raw",
      "/runs/0192f3a4-0000-7000-8000-000000000001/network?job=j&step=0&process=7&search=x&from=0&to=1500&view=dns",
      "/runs/..%2F..%2Fevil%3Fx",
      "/sign-in",
      "/sign-in?after=%2Fruns%3Fstate%3Dlost",
      "/v1/session",
      "/v1/runs?limit=50",
      "/v1/runs?before=c%2F1&search=x&state=lost",
      "/v1/runs/0192f3a4-0000-7000-8000-000000000001",
      "/v1/jobs/0192f3a4-0000-7000-8000-000000000001/events?after=0&limit=5000",
      "/v1/stream",
      "/v1/stream?run=0192f3a4-0000-7000-8000-000000000001",
    ]
  `)
})

test('a selection survives the way through the address', () => {
  const selection = { job: 'j', step: 3, process: 7, search: '</script>', from: 0, to: 1_500, view: 'dns' }
  const address = path.run('r', 'raw', selection)
  expect(readSelection(new URL(address, 'http://x').searchParams)).toEqual(selection)
})

test('numbers that are not numbers are ignored', () => {
  const selection = readSelection(new URLSearchParams('step=-1&process=1e9&from=x&to='))
  expect([selection.step, selection.process, selection.from, selection.to]).toEqual([undefined, undefined, undefined, undefined])
})

test('signing in never leads to another site', () => {
  for (const after of ['//evil.example.test', '/\\evil.example.test', 'https://evil.example.test', 'javascript:alert(1)', null, '/@x']) {
    expect(safeReturn(after)).toBe('/')
  }
  expect(safeReturn('/runs/abc/network?step=2')).toBe('/runs/abc/network?step=2')
})
