/* Where secrets are named. The token of the job counts as the secret GITHUB_TOKEN, whichever way it is written. */
import { pathOf, references, type Expression } from '../expressions/ast.ts'
import { contributions } from '../expressions/contexts.ts'
import { expressionsOf } from '../expressions/embedded.ts'
import { placesOf, type ExpressionPlace } from '../model/places.ts'
import type { Job, Workflow } from '../model/types.ts'
import { isScalar, type YamlNode } from '../yaml/tree.ts'

interface SecretReference {
  /** Upper case, since names of secrets have no case. */
  readonly name: string
  readonly reference: Expression
}

export const JOB_TOKEN = 'GITHUB_TOKEN'

/** Secrets that an expression names; `secrets[…]` and `secrets` as a whole are not names. */
export function secretsIn(expression: Expression): SecretReference[] {
  const found: SecretReference[] = []
  for (const reference of references(expression)) {
    const path = pathOf(reference)
    if (path?.[0] === 'github' && path[1] === 'token') found.push({ name: JOB_TOKEN, reference })
    else if (path?.[0] === 'secrets' && path[1] !== undefined && path[1] !== '*') found.push({ name: path[1].toUpperCase(), reference })
  }
  return found
}

/** Secrets that become part of the text of a scalar; a comparison with one does not. */
export function secretsOf(node: YamlNode | undefined): string[] {
  if (!isScalar(node)) return []
  const found = expressionsOf(node).flatMap(({ expression }) => (expression ? contributions(expression) : []))
  return found.flatMap(({ reference }) => secretsIn(reference).map((secret) => secret.name))
}

interface SecretPlace {
  readonly place: ExpressionPlace
  readonly secret: SecretReference
}

const cache = new WeakMap<Workflow, ReadonlyMap<Job | undefined, readonly SecretPlace[]>>()

/** Places of a job, its steps and (with `inherited`) the environment of its workflow that name a secret. */
export function secretPlaces(job: Job, inherited = false): readonly SecretPlace[] {
  let byJob = cache.get(job.workflow)
  if (!byJob) {
    byJob = groupByJob(job.workflow)
    cache.set(job.workflow, byJob)
  }
  const own = byJob.get(job) ?? []
  return inherited ? [...own, ...(byJob.get(undefined) ?? []).filter(({ place }) => place.role === 'env')] : own
}

function groupByJob(workflow: Workflow): ReadonlyMap<Job | undefined, readonly SecretPlace[]> {
  const byJob = new Map<Job | undefined, SecretPlace[]>()
  for (const place of placesOf(workflow)) {
    if (!place.embedded.expression) continue
    for (const secret of secretsIn(place.embedded.expression)) {
      const list = byJob.get(place.job)
      if (list) list.push({ place, secret })
      else byJob.set(place.job, [{ place, secret }])
    }
  }
  return byJob
}
