/* Facts about published actions that a rule compares with; each with its source. */

/** Names that a slip of the pen is compared with. The most used actions of the 1,044 workflows in the development corpus. */
export const POPULAR_ACTIONS: readonly string[] = [
  'actions/attest-build-provenance', 'actions/cache', 'actions/checkout', 'actions/configure-pages', 'actions/create-github-app-token', 'actions/deploy-pages', 'actions/download-artifact', 'actions/github-script', 'actions/labeler',
  'actions/setup-dotnet', 'actions/setup-go', 'actions/setup-java', 'actions/setup-node', 'actions/setup-python', 'actions/stale', 'actions/upload-artifact', 'actions/upload-pages-artifact', 'astral-sh/setup-uv', 'aws-actions/configure-aws-credentials',
  'azure/login', 'changesets/action', 'codecov/codecov-action', 'dependabot/fetch-metadata', 'docker/build-push-action', 'docker/login-action', 'docker/metadata-action', 'docker/setup-buildx-action', 'docker/setup-qemu-action', 'dorny/paths-filter',
  'dtolnay/rust-toolchain', 'github/codeql-action', 'golangci/golangci-lint-action', 'google-github-actions/auth', 'goreleaser/goreleaser-action', 'gradle/actions', 'hashicorp/setup-terraform', 'ossf/scorecard-action', 'peaceiris/actions-gh-pages',
  'peter-evans/create-pull-request', 'pnpm/action-setup', 'pypa/gh-action-pypi-publish', 'ruby/setup-ruby', 'sigstore/cosign-installer', 'slackapi/slack-github-action', 'softprops/action-gh-release', 'step-security/harden-runner', 'swatinem/rust-cache', 'tj-actions/changed-files',
]

/** Repositories that are read-only, with what to use instead where there is an answer. Source: the notice on each repository's page, as known in 2026-08. */
export const ARCHIVED: ReadonlyMap<string, string> = new Map([
  ['actions-rs/toolchain', 'dtolnay/rust-toolchain'], ['actions-rs/cargo', 'a `run` step with cargo'], ['actions-rs/clippy-check', 'a `run` step with cargo clippy'], ['actions-rs/audit-check', 'rustsec/audit-check'], ['actions-rs/install', 'taiki-e/install-action'], ['actions-rs/tarpaulin', ''],
  ['actions/create-release', '`gh release create`'], ['actions/upload-release-asset', '`gh release upload`'], ['actions/setup-ruby', 'ruby/setup-ruby'], ['actions/setup-elixir', 'erlef/setup-beam'], ['actions/setup-haskell', 'haskell-actions/setup'],
  ['andstor/file-existence-action', ''], ['gaurav-nelson/github-action-markdown-link-check', 'tcort/github-action-markdown-link-check'], ['gradle/gradle-build-action', 'gradle/actions/setup-gradle'], ['gradle/wrapper-validation-action', 'gradle/actions/wrapper-validation'],
  ['machine-learning-apps/actions-chatops', ''], ['nick-invision/retry', 'nick-fields/retry'], ['marvinpinto/action-automatic-releases', ''], ['peter-murray/issue-forms-body-parser', ''], ['repo-sync/pull-request', '`gh pr create`'],
  ['sonarsource/sonarcloud-github-action', 'sonarsource/sonarqube-scan-action'], ['technote-space/auto-cancel-redundant-workflow', '`concurrency`'], ['fkirc/skip-duplicate-actions', '`concurrency`'], ['thollander/actions-comment-pull-request', ''], ['tibdex/github-app-token', 'actions/create-github-app-token'],
  ['whelk-io/maven-settings-xml-action', ''], ['dessant/label-actions', ''], ['8398a7/action-slack', 'slackapi/slack-github-action'], ['codelytv/pr-size-labeler', ''], ['google-github-actions/release-please-action', 'googleapis/release-please-action'], ['hmarr/auto-approve-action', '`gh pr review --approve`'],
  ['ad-m/github-push-action', '`git push`'], ['goto-bus-stop/setup-zig', 'mlugg/setup-zig'], ['abatilo/actions-poetry', ''], ['actions-ecosystem/action-add-labels', '`gh issue edit`'], ['actions-ecosystem/action-regex-match', ''], ['actions-ecosystem/action-create-comment', '`gh issue comment`'],
])

/** Actions that do what a preinstalled program does, with that program. */
export const SUPERFLUOUS: ReadonlyMap<string, string> = new Map([
  ['actions/create-release', '`gh release create`'], ['actions/upload-release-asset', '`gh release upload`'], ['softprops/action-gh-release', '`gh release create`'], ['ncipollo/release-action', '`gh release create`'], ['svenstaro/upload-release-action', '`gh release upload`'],
  ['peter-evans/create-pull-request', '`gh pr create`'], ['peter-evans/create-or-update-comment', '`gh issue comment`'], ['repo-sync/pull-request', '`gh pr create`'], ['dacbd/create-issue-action', '`gh issue create`'], ['peter-evans/create-issue-from-file', '`gh issue create`'],
  ['actions-ecosystem/action-add-labels', '`gh issue edit`'], ['dtolnay/rust-toolchain', '`rustup`'], ['actions-rust-lang/setup-rust-toolchain', '`rustup`'], ['addnab/docker-run-action', '`docker run`'], ['sergeysova/jq-action', '`jq`'], ['mikefarah/yq', '`yq`'], ['nick-fields/retry', 'a loop'], ['hmarr/auto-approve-action', '`gh pr review --approve`'],
])

export interface KnownAdvisory {
  readonly id: string
  /** Action in lower case. */
  readonly action: string
  /** First version that is not affected, as numbers; undefined when every version is. */
  readonly fixed: readonly number[] | undefined
  readonly severity: 'medium' | 'high' | 'critical'
  readonly summary: string
}

/** Published advisories. Source: GitHub Advisory Database, ecosystem Actions. */
export const ADVISORIES: readonly KnownAdvisory[] = [
  { id: 'CVE-2025-30066', action: 'tj-actions/changed-files', fixed: [46, 0, 1], severity: 'critical', summary: 'all tags up to 45 were pointed to a commit that printed secrets (March 2025)' },
  { id: 'CVE-2023-51664', action: 'tj-actions/changed-files', fixed: [41], severity: 'high', summary: 'names of changed files become shell code' },
  { id: 'CVE-2023-49291', action: 'tj-actions/branch-names', fixed: [7, 0, 7], severity: 'critical', summary: 'a branch name becomes shell code' },
  { id: 'CVE-2025-54416', action: 'tj-actions/branch-names', fixed: [9], severity: 'critical', summary: 'a branch name is evaluated by the shell' },
  { id: 'CVE-2023-52137', action: 'tj-actions/verify-changed-files', fixed: [17], severity: 'high', summary: 'names of changed files become shell code' },
  { id: 'CVE-2025-30154', action: 'reviewdog/action-setup', fixed: [1, 3, 2], severity: 'high', summary: 'the tag v1 was pointed to a commit that printed secrets (March 2025)' },
  { id: 'CVE-2024-48908', action: 'lycheeverse/lychee-action', fixed: [2, 0, 2], severity: 'medium', summary: 'an input becomes shell code' },
  { id: 'CVE-2025-47271', action: 'ozi-project/publish', fixed: [1, 13, 6], severity: 'medium', summary: 'a pull request’s text becomes shell code' },
  { id: 'CVE-2025-58178', action: 'sonarsource/sonarqube-scan-action', fixed: [5, 3, 1], severity: 'high', summary: 'an input becomes shell code' },
  { id: 'GHSA-5xq9-5g24-4g6f', action: 'sonarsource/sonarqube-scan-action', fixed: [6], severity: 'high', summary: 'arguments become options of a program' },
  { id: 'CVE-2023-27581', action: 'rlespinasse/github-slug-action', fixed: [4, 4, 1], severity: 'high', summary: 'a branch name becomes shell code' },
  { id: 'CVE-2022-39321', action: 'actions/runner', fixed: [2, 296, 2], severity: 'high', summary: 'environment variables escape into docker commands' },
  { id: 'CVE-2024-42471', action: 'actions/download-artifact', fixed: [4, 1, 7], severity: 'high', summary: 'an artifact’s file names write outside of the folder' },
  { id: 'CVE-2020-15228', action: 'actions/toolkit', fixed: [1, 2, 6], severity: 'medium', summary: 'log output sets environment variables' },
  { id: 'CVE-2021-32724', action: 'check-spelling/check-spelling', fixed: [0, 0, 19], severity: 'critical', summary: 'a pull request reads the token' },
  { id: 'CVE-2021-32074', action: 'hashicorp/vault-action', fixed: [2, 2], severity: 'high', summary: 'multi-line secrets are printed' },
  { id: 'CVE-2022-36067', action: 'pozetroninc/github-action-get-latest-release', fixed: [0, 5], severity: 'medium', summary: 'uses a vulnerable sandbox' },
  { id: 'CVE-2025-24362', action: 'github/codeql-action', fixed: [3, 28, 3], severity: 'high', summary: 'debug artifacts hold the environment with the token' },
  { id: 'CVE-2025-24792', action: 'azure/setup-kubectl', fixed: [3], severity: 'medium', summary: 'the program is installed writable by everybody' },
  { id: 'CVE-2023-23939', action: 'azure/setup-kubectl', fixed: [3], severity: 'medium', summary: 'the program is installed writable by everybody' },
  { id: 'GHSA-7x29-qqmq-v6qc', action: 'ultralytics/actions', fixed: [0, 0, 3], severity: 'high', summary: 'a branch name becomes shell code' },
  { id: 'CVE-2024-52587', action: 'step-security/harden-runner', fixed: [2, 10, 2], severity: 'medium', summary: 'environment variables become commands' },
  { id: 'CVE-2025-32955', action: 'step-security/harden-runner', fixed: [2, 12], severity: 'medium', summary: 'disable-sudo can be got around through docker' },
  { id: 'CVE-2024-32874', action: 'pypa/gh-action-pypi-publish', fixed: [1, 8, 14], severity: 'medium', summary: 'a branch name becomes an expression' },
  { id: 'CVE-2025-59844', action: 'sonarsource/sonarqube-scan-action', fixed: [6], severity: 'high', summary: 'arguments become shell code' },
  { id: 'CVE-2026-26189', action: 'aquasecurity/trivy-action', fixed: [0, 34], severity: 'medium', summary: 'inputs become shell code in a file that is sourced' },
  { id: 'CVE-2022-35978', action: 'embano1/wip', fixed: [2], severity: 'high', summary: 'a title becomes shell code' },
  { id: 'CVE-2024-42370', action: 'litestar-org/litestar', fixed: undefined, severity: 'critical', summary: 'an artifact’s content sets environment variables' },
  { id: 'CVE-2020-14188', action: 'atlassian/gajira-create', fixed: [2, 0, 1], severity: 'critical', summary: 'an issue’s text is evaluated' },
  { id: 'CVE-2020-14189', action: 'atlassian/gajira-comment', fixed: [2, 0, 2], severity: 'critical', summary: 'a comment’s text is evaluated' },
  { id: 'CVE-2022-39217', action: 'some-natalie/ghas-to-csv', fixed: [1], severity: 'high', summary: 'data becomes formulas in a table' },
  { id: 'CVE-2023-30853', action: 'gradle/gradle-build-action', fixed: [2, 4, 2], severity: 'high', summary: 'secrets are stored in the cache' },
  { id: 'CVE-2023-30623', action: 'embano1/wip', fixed: [2], severity: 'high', summary: 'a title becomes shell code' },
]
