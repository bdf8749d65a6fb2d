/** Runs a hunt for a person: reads the query, asks the event store, pages. */
import type { HuntAnswer, HuntRequest, HuntRun } from '@gatehouse/schema'
import { parseHunt, printHunt, type HuntExpression } from '@gatehouse/schema/hunt'
import type { Context } from '../context.ts'
import type { FoundRun, HuntPosition, HuntResult } from '../events/hunt.ts'
import { AppError } from '../problem.ts'

const LIMIT_DEFAULT = 50
/** Hunts at once: the engine needs room for ingest and for people who read runs. */
const HUNTS_MAX = 2

/** Hunts in progress. */
export interface HuntGate {
  running: number
}

/**
 * A page of the answer.
 *
 * @throws {AppError} HUNT_INVALID with the place in the query, HUNT_TOO_LARGE, BUSY.
 */
export async function answerHunt(context: Context, gate: HuntGate, org: number, request: HuntRequest): Promise<HuntAnswer> {
  const began = performance.now()
  const expression = readQuery(request.query, context.now())
  const after = readCursor(request.after)
  const found = await askStore(context, gate, org, {
    expression,
    limit: request.limit ?? LIMIT_DEFAULT,
    samples: request.samples ?? 1,
    ...(after === undefined ? {} : { after }),
  })
  const last = found.runs.at(-1)
  return {
    query: printHunt(expression),
    source: found.source,
    runs: found.runs.map(toAnswer),
    ...(found.more && last !== undefined ? { next: `${last.last}_${last.run}` } : {}),
    totals: found.totals,
    byRepository: [...found.byRepository],
    byDay: [...found.byDay],
    milliseconds: Math.round(performance.now() - began),
  }
}

/** The tree of a query. */
export function readQuery(text: string, now: number): HuntExpression {
  const result = parseHunt(text, now)
  if (!result.ok) throw new AppError('HUNT_INVALID', `at character ${result.at + 1}: ${result.message}`)
  return result.expression
}

/** Asks when there is room, else says that there is none. */
export async function askStore(
  context: Context,
  gate: HuntGate,
  org: number,
  query: Parameters<Context['store']['hunt']>[1],
): Promise<HuntResult> {
  if (gate.running >= HUNTS_MAX) throw new AppError('BUSY', 'other hunts are running; try again in a moment')
  gate.running++
  try {
    return await context.store.hunt(org, query)
  } finally {
    gate.running--
  }
}

/** A found run as the API gives it. */
export function toAnswer(found: FoundRun): HuntRun {
  const { run, announced, repository, workflow, first, last, events, places, placeCount, samples } = found
  return {
    run,
    announced,
    ...(repository === '' ? {} : { repository }),
    ...(workflow === '' ? {} : { workflow }),
    first,
    last,
    events,
    places: places.map(({ jobName, ...place }) => (jobName === '' ? place : Object.assign(place, { jobName }))),
    placesOmitted: placeCount - places.length,
    samples: [...samples],
  }
}

function readCursor(text: string | undefined): HuntPosition | undefined {
  if (text === undefined) return undefined
  const match = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(text)
  if (match === null) throw new AppError('REQUEST_INVALID', '`after` is the `next` of an earlier page')
  return { last: Number(match[1]), run: match[2] ?? '' }
}
