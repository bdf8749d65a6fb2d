/*
 * What the event store is told besides events, so that hunts can ask for it: whose job it is, and which actions, step names and
 * detections belong to which step. Writing a fact again changes nothing that is read.
 */
import type { Finding, Job, Step } from '@gatehouse/schema'
import { actionForms } from '@gatehouse/schema/hunt'
import { SIGHTING } from './ddl.ts'
import type { RowContext } from './row.ts'

/** Lines of JSONEachRow for the tables `jobs` and `sightings`. */
export interface Facts {
  readonly jobs: readonly string[]
  readonly sightings: readonly string[]
}

export const NO_FACTS: Facts = { jobs: [], sightings: [] }

/** The facts in these records of one job. */
export function factsOf(
  context: RowContext,
  records: { readonly job?: Job; readonly steps: readonly Step[]; readonly findings: readonly Finding[] },
): Facts {
  const { org, job, week } = context
  const sighting = (type: number, value: string, step: number, first: number, last: number): string =>
    JSON.stringify({ type, value, org, job, step, week, first, last, n: 1 })
  const sightings: string[] = []
  for (const { number, name, action, startedAt, finishedAt = startedAt } of records.steps) {
    if (name !== '') sightings.push(sighting(SIGHTING.step, name, number, startedAt, finishedAt))
    for (const form of action === undefined ? [] : actionForms(action))
      sightings.push(sighting(SIGHTING.action, form, number, startedAt, finishedAt))
  }
  for (const { detection, step, time } of records.findings) sightings.push(sighting(SIGHTING.detection, detection, step, time, time))
  const { run, name } = records.job ?? {}
  const jobs =
    run === undefined
      ? []
      : [JSON.stringify({ org, job, run: run.id, repository: run.repository ?? '', workflow: run.workflow ?? '', name })]
  return { jobs, sightings }
}

/** Several batches' facts as one. */
export function joinFacts(list: readonly Facts[]): Facts {
  return { jobs: list.flatMap((facts) => facts.jobs), sightings: list.flatMap((facts) => facts.sightings) }
}
