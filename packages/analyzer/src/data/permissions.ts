/*
 * What the job token may be allowed, and what published actions need of it. Sources: docs.github.com, "Workflow syntax:
 * permissions"; the README of each action.
 */

/** Scopes, with the highest access that each has. `repository-projects` is retired and still accepted. */
export const SCOPES: ReadonlyMap<string, 'read' | 'write'> = new Map([
  ['actions', 'write'],
  ['artifact-metadata', 'write'],
  ['attestations', 'write'],
  ['checks', 'write'],
  ['code-quality', 'write'],
  ['contents', 'write'],
  ['copilot-requests', 'write'],
  ['deployments', 'write'],
  ['discussions', 'write'],
  ['id-token', 'write'],
  ['issues', 'write'],
  ['models', 'read'],
  ['packages', 'write'],
  ['pages', 'write'],
  ['pull-requests', 'write'],
  ['repository-projects', 'write'],
  ['security-events', 'write'],
  ['statuses', 'write'],
  ['vulnerability-alerts', 'read'],
])

/** Scopes whose write access changes what others run, or opens other doors. */
export const GRAVE_SCOPES: ReadonlySet<string> = new Set([
  'actions',
  'attestations',
  'contents',
  'deployments',
  'id-token',
  'packages',
  'pages',
  'pull-requests',
])

type Needs = Readonly<Record<string, 'read' | 'write'>>

/** Empty for actions that need nothing of the token. */
export const ACTION_NEEDS: ReadonlyMap<string, Needs> = new Map<string, Needs>([
  ['actions/attest', { attestations: 'write', 'id-token': 'write', contents: 'read' }],
  ['actions/attest-build-provenance', { attestations: 'write', 'id-token': 'write', contents: 'read' }],
  ['actions/attest-sbom', { attestations: 'write', 'id-token': 'write', contents: 'read' }],
  ['actions/cache', {}],
  ['actions/cache/restore', {}],
  ['actions/cache/save', {}],
  ['actions/checkout', { contents: 'read' }],
  ['actions/configure-pages', { pages: 'write' }],
  ['actions/create-release', { contents: 'write' }],
  ['actions/delete-package-versions', { packages: 'write' }],
  ['actions/dependency-review-action', { contents: 'read' }],
  ['actions/deploy-pages', { pages: 'write', 'id-token': 'write' }],
  // Of the same run; for another run it is handed a token, which shows.
  ['actions/download-artifact', {}],
  ['actions/first-interaction', { issues: 'write', 'pull-requests': 'write' }],
  ['actions/labeler', { contents: 'read', 'pull-requests': 'write', issues: 'write' }],
  ['actions/setup-dotnet', {}],
  ['actions/setup-go', {}],
  ['actions/setup-java', {}],
  ['actions/setup-node', {}],
  ['actions/setup-python', {}],
  // It keeps where it was in a cache, which it deletes through the API.
  ['actions/stale', { actions: 'write', contents: 'write', issues: 'write', 'pull-requests': 'write' }],
  ['actions/upload-artifact', {}],
  ['actions/upload-pages-artifact', {}],
  ['amannn/action-semantic-pull-request', { 'pull-requests': 'read' }],
  ['astral-sh/setup-uv', {}],
  ['changesets/action', { contents: 'write', 'pull-requests': 'write' }],
  ['codecov/codecov-action', {}],
  ['dependabot/fetch-metadata', { 'pull-requests': 'read' }],
  ['dessant/lock-threads', { issues: 'write', 'pull-requests': 'write', discussions: 'write' }],
  // For GitHub's own registry they are handed the token, which shows.
  ['docker/build-push-action', {}],
  ['docker/login-action', {}],
  ['docker/metadata-action', { contents: 'read' }],
  ['docker/setup-buildx-action', {}],
  ['docker/setup-qemu-action', {}],
  ['dtolnay/rust-toolchain', {}],
  ['github/codeql-action/analyze', { 'security-events': 'write', actions: 'read', contents: 'read' }],
  ['github/codeql-action/autobuild', {}],
  ['github/codeql-action/init', { 'security-events': 'write', actions: 'read', contents: 'read' }],
  ['github/codeql-action/upload-sarif', { 'security-events': 'write', actions: 'read', contents: 'read' }],
  ['googleapis/release-please-action', { contents: 'write', 'pull-requests': 'write', issues: 'write' }],
  ['jamesives/github-pages-deploy-action', { contents: 'write' }],
  ['marocchino/sticky-pull-request-comment', { 'pull-requests': 'write' }],
  ['ncipollo/release-action', { contents: 'write' }],
  ['ossf/scorecard-action', { 'security-events': 'write', 'id-token': 'write', contents: 'read', actions: 'read' }],
  ['peaceiris/actions-gh-pages', { contents: 'write' }],
  ['peter-evans/create-or-update-comment', { issues: 'write', 'pull-requests': 'write' }],
  ['peter-evans/create-pull-request', { contents: 'write', 'pull-requests': 'write' }],
  ['pnpm/action-setup', {}],
  ['pypa/gh-action-pypi-publish', { 'id-token': 'write' }],
  ['release-drafter/release-drafter', { contents: 'write', 'pull-requests': 'write' }],
  ['ruby/setup-ruby', {}],
  ['softprops/action-gh-release', { contents: 'write' }],
  ['step-security/harden-runner', {}],
  ['stefanzweifel/git-auto-commit-action', { contents: 'write' }],
  ['swatinem/rust-cache', {}],
])

/** What an action needs only when an input is set. */
export const INPUT_NEEDS: ReadonlyMap<string, { readonly input: string; readonly needs: Needs }> = new Map([
  ['actions/dependency-review-action', { input: 'comment-summary-in-pr', needs: { 'pull-requests': 'write' } }],
  ['codecov/codecov-action', { input: 'use_oidc', needs: { 'id-token': 'write' } }],
])
