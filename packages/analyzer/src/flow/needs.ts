/* What a job needs of its token, so that what it has can be compared with it. */
import { ACTION_NEEDS, INPUT_NEEDS } from '../data/permissions.ts'
import type { Job, Step } from '../model/types.ts'
import { commandsOf, programOf } from '../shell/index.ts'
import { booleanOf, scalarsBelow } from '../yaml/tree.ts'
import { JOB_TOKEN, secretPlaces } from './secrets.ts'

interface Needed {
  readonly scopes: ReadonlyMap<string, 'read' | 'write'>
  /** False when something in the job is not understood: it may need more. */
  readonly certain: boolean
  /** Scopes on which doubt falls although the rest is certain: scripts can push with stored credentials and ask for identity tokens. */
  readonly doubtful: ReadonlySet<string>
}

const cache = new WeakMap<Job, Needed>()

/** What a job's steps need of the token, as far as that is known. */
export function neededBy(job: Job): Needed {
  let needed = cache.get(job)
  if (!needed) {
    needed = computeNeeded(job)
    cache.set(job, needed)
  }
  return needed
}

function computeNeeded(job: Job): Needed {
  const scopes = new Map<string, 'read' | 'write'>()
  const doubtful = new Set<string>()
  // Called workflows have needs of their own, and a token that is handed on is used somewhere.
  let certain = job.uses === undefined && !secretPlaces(job, true).some(({ secret }) => secret.name === JOB_TOKEN)
  for (const step of job.steps) {
    if (step.uses) {
      const extra = INPUT_NEEDS.get(step.uses.action)
      const known = ACTION_NEEDS.get(step.uses.action)
      const needs = known && extra && step.with.entries.has(extra.input) ? { ...known, ...extra.needs } : known
      if (needs)
        for (const [scope, access] of Object.entries(needs)) if (access === 'write' || !scopes.has(scope)) scopes.set(scope, access)
      if (!needs || (step.uses.action === 'actions/checkout' && booleanOf(step.with.entries.get('persist-credentials')?.value) !== false)) {
        if (!needs) certain = false
        doubtful.add('contents')
      }
    } else if (step.run) {
      doubtful.add('id-token')
      if (usesGitHub(step)) certain = false
    } else certain = false
  }
  return { scopes, certain, doubtful }
}

function usesGitHub(step: Step): boolean {
  for (const scalar of scalarsBelow(step.env.node)) if (/github_?token|GH_TOKEN/i.test(scalar.value)) return true
  return commandsOf(step).some((command) => {
    const { program, args } = programOf(command)
    return program === 'gh' || program === 'hub' || (program === 'git' && args.some((arg) => arg.text === 'push'))
  })
}

/** Scopes as they are written in a workflow, on one line. */
export function describeScopes(scopes: ReadonlyMap<string, string>): string {
  if (scopes.size === 0) return '`permissions: {}`'
  return [...scopes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([scope, access]) => `\`${scope}: ${access}\``)
    .join(', ')
}
