/* Where secrets are named. The token of the job counts as the secret GITHUB_TOKEN, whichever way it is written. */
import { pathOf, references, type Expression } from '../expressions/ast.ts'
import { expressionsOf } from '../expressions/embedded.ts'
import { placesOf, type ExpressionPlace } from '../model/places.ts'
import type { Job } from '../model/types.ts'
import { isScalar, type YamlNode } from '../yaml/tree.ts'

export interface SecretReference {
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

/** Secrets in the text of a scalar. */
export function secretsOf(node: YamlNode | undefined): string[] {
  if (!isScalar(node)) return []
  return expressionsOf(node).flatMap(({ expression }) => (expression ? secretsIn(expression).map((secret) => secret.name) : []))
}

/** Places of a job, its steps and (with `inherited`) the environment of its workflow that name a secret. */
export function secretPlaces(job: Job, inherited = false): { readonly place: ExpressionPlace; readonly secret: SecretReference }[] {
  const found: { place: ExpressionPlace; secret: SecretReference }[] = []
  for (const place of placesOf(job.workflow)) {
    if (place.job !== job && !(inherited && place.job === undefined && place.role === 'env')) continue
    if (!place.embedded.expression) continue
    for (const secret of secretsIn(place.embedded.expression)) found.push({ place, secret })
  }
  return found
}
