/* What is known to have happened to repositories of actions; each with its source. */

/**
 * Commits that attackers pushed into the network of a repository and that tags were pointed to, while no branch held them; by `owner/repo`.
 * Sources: GHSA-mrrh-fwg8-r2c3 (tj-actions, March 2025), GHSA-qmg3-hpqr-gqvc (reviewdog, March 2025).
 */
export const MALICIOUS_COMMITS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['tj-actions/changed-files', new Set(['0e58ed8671d6b60d0890c21b07f8835ace038e67'])],
  ['reviewdog/action-setup', new Set(['f0d342d24037bb11d26b9bd8496e0808ba32e9ec'])],
])

/** Names that are both a branch and a tag. Source: `git ls-remote` of the repositories, 2026-08. */
export const SAME_NAMED_REFS: ReadonlyMap<string, readonly string[]> = new Map([
  ['aws-actions/configure-aws-credentials', ['v1-node16']],
  ['check-spelling/check-spelling', ['dictionary-20200211']],
  ['codecov/codecov-action', ['v3']],
  ['woodruffw/gha-hazmat', ['confusable']],
])

/** Repositories whose owner or name changed: the old name works only as long as nobody registers it. Source: GitHub's redirects, 2026-08. */
export const MOVED_REPOSITORIES: ReadonlyMap<string, string> = new Map([['nick-invision/retry', 'nick-fields/retry']])
