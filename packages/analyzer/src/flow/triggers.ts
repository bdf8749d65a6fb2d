/* What a trigger means for security: who can start it, and what a run that an outsider started holds. */

export interface TriggerFacts {
  /** `outsider`: anybody can. `indirect`: what an outsider wrote gets there once somebody merges it. `insider`: needs write access. */
  readonly startedBy: 'outsider' | 'indirect' | 'insider'
  /** Whether such a run has the repository's secrets and a token that may write, on the default branch's code. */
  readonly privileged: boolean
}

const OUTSIDER_PRIVILEGED: TriggerFacts = { startedBy: 'outsider', privileged: true }
/** From a fork: the token reads only and there are no secrets. */
const OUTSIDER_CONFINED: TriggerFacts = { startedBy: 'outsider', privileged: false }
const INDIRECT: TriggerFacts = { startedBy: 'indirect', privileged: true }
const INSIDER: TriggerFacts = { startedBy: 'insider', privileged: true }

/** Source: docs.github.com, "Events that trigger workflows" and "Security hardening for GitHub Actions". */
const FACTS: Readonly<Record<string, TriggerFacts>> = {
  issues: OUTSIDER_PRIVILEGED,
  issue_comment: OUTSIDER_PRIVILEGED,
  discussion: OUTSIDER_PRIVILEGED,
  discussion_comment: OUTSIDER_PRIVILEGED,
  commit_comment: OUTSIDER_PRIVILEGED,
  fork: OUTSIDER_PRIVILEGED,
  watch: OUTSIDER_PRIVILEGED,
  gollum: OUTSIDER_PRIVILEGED,
  pull_request_target: OUTSIDER_PRIVILEGED,
  workflow_run: OUTSIDER_PRIVILEGED,
  pull_request: OUTSIDER_CONFINED,
  pull_request_review: OUTSIDER_CONFINED,
  pull_request_review_comment: OUTSIDER_CONFINED,
  push: INDIRECT,
  merge_group: INDIRECT,
}

/** Facts about an event; one that is not in the table needs write access. */
export function triggerFacts(event: string): TriggerFacts {
  return FACTS[event] ?? INSIDER
}

/** Every event that GitHub documents as a trigger. */
export const EVENTS: ReadonlySet<string> = new Set([
  'branch_protection_rule',
  'check_run',
  'check_suite',
  'commit_comment',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'discussion',
  'discussion_comment',
  'fork',
  'gollum',
  'image_version',
  'issue_comment',
  'issues',
  'label',
  'member',
  'merge_group',
  'milestone',
  'page_build',
  'project',
  'project_card',
  'project_column',
  'public',
  'pull_request',
  'pull_request_comment',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_target',
  'push',
  'registry_package',
  'release',
  'repository_dispatch',
  'schedule',
  'status',
  'watch',
  'workflow_call',
  'workflow_dispatch',
  'workflow_run',
])
