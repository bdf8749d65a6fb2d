/*
 * Which properties of an event an outsider writes, and which events carry them. Facts: GitHub's webhook payloads ("Webhook events and
 * payloads") and its hardening guide; the kinds follow CodeQL's `untrusted_event_properties` (MIT).
 */

/** What an attacker can put there: a branch name has no spaces, a title no line breaks, text has everything. */
export type SourceKind = 'title' | 'text' | 'branch' | 'label' | 'email' | 'username' | 'path' | 'url' | 'json' | 'input' | 'structured'

/**
 * Who writes it. `outsider`: anybody on the internet. `insider`: somebody with write access. `caller`: whoever uses this action or workflow, not
 * known here. `unknown`: the output of something that is not modelled. `structured`: numbers, hashes and names of a fixed form.
 */
export type Trust = 'outsider' | 'insider' | 'caller' | 'unknown' | 'structured'

export interface ContextSource {
  /** As a reader knows it: `github.event.issue.title`. */
  readonly name: string
  readonly kind: SourceKind
  readonly trust: Trust
  /** Events that carry it; undefined for all. */
  readonly events: readonly string[] | undefined
}

const PULL_REQUEST = ['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment'] as const

/** Events that carry a top-level property of the payload. */
const CARRIERS: Readonly<Record<string, readonly string[]>> = {
  issue: ['issues', 'issue_comment'],
  comment: ['issue_comment', 'commit_comment', 'discussion_comment', 'pull_request_review_comment'],
  discussion: ['discussion', 'discussion_comment'],
  pull_request: PULL_REQUEST,
  review: ['pull_request_review'],
  pages: ['gollum'],
  commits: ['push'],
  head_commit: ['push'],
  merge_group: ['merge_group'],
  workflow_run: ['workflow_run'],
  workflow: ['workflow_run', 'workflow_dispatch'],
  forkee: ['fork'],
  label: ['issues', 'pull_request', 'pull_request_target', 'label'],
  release: ['release'],
  check_run: ['check_run'],
  check_suite: ['check_suite'],
  deployment: ['deployment', 'deployment_status'],
  client_payload: ['repository_dispatch'],
}

/** Whether an event carries a top-level property of the payload; undefined when that is not known. */
export function carries(event: string, property: string): boolean | undefined {
  return CARRIERS[property]?.includes(event)
}

interface Pattern {
  readonly parts: readonly string[]
  readonly kind: SourceKind
  readonly trust: Trust
}

function patterns(kind: SourceKind, trust: Trust, ...paths: readonly string[]): Pattern[] {
  return paths.map((path) => ({ parts: path.split('.'), kind, trust }))
}

/** Below `github.event`. `*` is any index. */
const EVENT_PATTERNS: readonly Pattern[] = [
  ...patterns(
    'title',
    'outsider',
    'issue.title',
    'pull_request.title',
    'discussion.title',
    'pages.*.page_name',
    'pages.*.title',
    'workflow_run.display_title',
    'changes.title.from',
    'forkee.description',
  ),
  ...patterns(
    'text',
    'outsider',
    'issue.body',
    'pull_request.body',
    'discussion.body',
    'review.body',
    'comment.body',
    'commits.*.message',
    'head_commit.message',
    'workflow_run.head_commit.message',
    'pull_request.head.repo.description',
    'workflow_run.head_repository.description',
    'changes.body.from',
    'merge_group.head_commit.message',
  ),
  ...patterns('url', 'outsider', 'pull_request.head.repo.homepage'),
  ...patterns(
    'branch',
    'outsider',
    'pull_request.head.ref',
    'pull_request.head.repo.default_branch',
    'workflow_run.head_branch',
    'workflow_run.pull_requests.*.head.ref',
    'merge_group.head_ref',
    'changes.head.ref.from',
    'check_suite.head_branch',
    'check_run.check_suite.head_branch',
  ),
  ...patterns('label', 'outsider', 'pull_request.head.label'),
  ...patterns(
    'email',
    'outsider',
    'head_commit.author.email',
    'head_commit.committer.email',
    'commits.*.author.email',
    'commits.*.committer.email',
    'merge_group.committer.email',
    'workflow_run.head_commit.author.email',
    'workflow_run.head_commit.committer.email',
    'merge_group.head_commit.author.email',
  ),
  ...patterns(
    'username',
    'outsider',
    'head_commit.author.name',
    'head_commit.committer.name',
    'commits.*.author.name',
    'commits.*.committer.name',
    'merge_group.committer.name',
    'workflow_run.head_commit.author.name',
    'workflow_run.head_commit.committer.name',
    'merge_group.head_commit.author.name',
  ),
  ...patterns(
    'path',
    'outsider',
    'workflow_run.path',
    'workflow.path',
    'commits.*.added.*',
    'commits.*.modified.*',
    'commits.*.removed.*',
    'head_commit.added.*',
    'head_commit.modified.*',
    'head_commit.removed.*',
    'head_commit.modified',
    'head_commit.added',
    'head_commit.removed',
  ),
  // Written by people who may label, set milestones, tag and release.
  ...patterns(
    'label',
    'insider',
    'issue.labels.*.name',
    'pull_request.labels.*.name',
    'discussion.labels.*.name',
    'label.name',
    'label.description',
    'issue.milestone.title',
    'issue.milestone.description',
    'pull_request.milestone.title',
  ),
  ...patterns(
    'text',
    'insider',
    'release.name',
    'release.body',
    'deployment.payload',
    'deployment_status.description',
    'repository.description',
    'repository.homepage',
    'check_run.output.title',
    'check_run.output.summary',
    'check_run.output.text',
    'check_run.name',
  ),
  ...patterns(
    'branch',
    'insider',
    'release.tag_name',
    'release.target_commitish',
    'ref',
    'base_ref',
    'pull_request.base.ref',
    'merge_group.base_ref',
    'deployment.ref',
    'deployment.environment',
    'deployment.task',
    'repository.default_branch',
    'master_branch',
  ),
  ...patterns(
    'structured',
    'structured',
    'pull_request.head.sha',
    'pull_request.head.repo.clone_url',
    'pull_request.head.repo.full_name',
    'pull_request.base.sha',
    'pull_request.merge_commit_sha',
    'workflow_run.head_sha',
  ),
]

/** Properties whose objects hold something that an outsider writes: serialising them serialises that. */
const JSON_ROOTS: ReadonlySet<string> = new Set([
  'comment',
  'commits',
  'discussion',
  'head_commit',
  'issue',
  'merge_group',
  'pull_request',
  'pages',
  'review',
  'workflow_run',
  'workflow',
  'changes',
  'forkee',
])

/**
 * What a reference to the `github` context is a source of; undefined for what GitHub itself makes (ids, numbers, urls, logins).
 *
 * @param path Lower case, from `github` on.
 * @param json Whether the whole object is serialised.
 */
export function contextSource(path: readonly string[], json: boolean): ContextSource | undefined {
  if (path[0] !== 'github') return undefined
  const name = path.join('.').replaceAll('.*', '[*]')
  const second = path[1]
  if (second === undefined) return json ? { name, kind: 'json', trust: 'outsider', events: undefined } : undefined
  if (second === 'head_ref') return { name, kind: 'branch', trust: 'outsider', events: PULL_REQUEST }
  if (second === 'ref_name' || second === 'ref' || second === 'base_ref')
    return { name, kind: 'branch', trust: 'insider', events: undefined }
  if (second === 'workflow_ref' || second === 'workflow') return { name, kind: 'branch', trust: 'structured', events: undefined }
  if (second !== 'event') return undefined
  const third = path[2]
  if (third === undefined || third === '*')
    return json || third === '*' ? { name, kind: 'json', trust: 'outsider', events: undefined } : undefined
  if (third === 'inputs') return { name, kind: 'input', trust: 'insider', events: ['workflow_dispatch'] }
  if (third === 'client_payload') return { name, kind: 'json', trust: 'insider', events: ['repository_dispatch'] }
  const below = path.slice(2)
  for (const pattern of EVENT_PATTERNS) {
    if (
      pattern.parts.length === below.length &&
      pattern.parts.every((part, at) => part === below[at] || below[at] === '*' || (part === '*' && /^\d+$/.test(below[at] ?? '')))
    ) {
      return { name, kind: pattern.kind, trust: pattern.trust, events: CARRIERS[third] }
    }
  }
  const object = EVENT_PATTERNS.some(
    (pattern) =>
      pattern.trust === 'outsider' &&
      pattern.parts.length > below.length &&
      below.every((part, at) => part === pattern.parts[at] || part === '*'),
  )
  if (object && JSON_ROOTS.has(third) && (json || below.at(-1) === '*'))
    return { name, kind: 'json', trust: 'outsider', events: CARRIERS[third] }
  return undefined
}

/** Variables that the runner sets from the event, with the context they repeat. */
export const RUNNER_VARIABLES: ReadonlyMap<string, readonly string[]> = new Map([
  ['GITHUB_HEAD_REF', ['github', 'head_ref']],
  ['GITHUB_REF_NAME', ['github', 'ref_name']],
  ['GITHUB_REF', ['github', 'ref']],
  ['GITHUB_BASE_REF', ['github', 'base_ref']],
])
