/*
 * What is known of published actions. Facts from their own documentation and `action.yml`; the selection follows the published
 * models of CodeQL (github/codeql, actions/ql/lib/ext, MIT) and zizmor's and poutine's lists, read in 2026-08.
 */
import type { SourceKind } from '../flow/sources.ts'

/** Inputs that an action runs as code, by action. Expressions in them are as dangerous as in `run`. */
export const CODE_INPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['actions/github-script', ['script']],
  ['8398a7/action-slack', ['custom_payload']],
  ['addnab/docker-run-action', ['run', 'options']],
  ['amadevus/pwsh-script', ['script']],
  ['appleboy/ssh-action', ['script']],
  ['azure/cli', ['inlinescript']],
  ['azure/powershell', ['inlinescript']],
  ['cross-platform-actions/action', ['run']],
  ['cypress-io/github-action', ['command', 'build', 'start', 'install-command']],
  ['coactions/setup-xvfb', ['run']],
  ['cross-rs/cargo', ['args']],
  ['cachix/cachix-action', ['installcommand']],
  ['cachix/install-nix-action', ['install_options']],
  ['devorbitus/yq-action-output', ['cmd']],
  ['docker-practice/actions-setup-docker', ['docker_daemon_json']],
  ['fjogeleit/yaml-update-action', ['value']],
  ['garygrossgarten/github-action-ssh', ['command']],
  ['gabrielbb/xvfb-action', ['run']],
  ['gautamkrishnar/blog-post-workflow', ['item_exec']],
  ['jannekem/run-python-script-action', ['script']],
  ['joshlarsen/python-script-action', ['script']],
  ['mikefarah/yq', ['cmd']],
  ['mobiledevops/apk-info-action', ['apkpath']],
  ['nick-fields/retry', ['command', 'on_retry_command']],
  ['nick-invision/retry', ['command', 'on_retry_command']],
  ['reactivecircus/android-emulator-runner', ['script', 'pre-emulator-launch-script']],
  ['satackey/action-js-inline', ['script']],
  ['shallwefootball/s3-upload-action', ['source_dir']],
  ['swipetix/clever-tools-action', ['args']],
  ['uraimo/run-on-arch-action', ['run', 'setup', 'install']],
  ['vmactions/freebsd-vm', ['run', 'prepare']],
  ['vmactions/netbsd-vm', ['run', 'prepare']],
  ['vmactions/openbsd-vm', ['run', 'prepare']],
  ['wei/wait-for-command', ['command']],
])

/** Outputs that carry what an outsider wrote, by action; `*` stands for every output, `*_files` for those with that end. */
export const UNTRUSTED_OUTPUTS: ReadonlyMap<string, Readonly<Record<string, SourceKind>>> = new Map<
  string,
  Readonly<Record<string, SourceKind>>
>([
  ['tj-actions/changed-files', { '*': 'path' }],
  ['tj-actions/verify-changed-files', { '*': 'path' }],
  ['tj-actions/branch-names', { current_branch: 'branch', head_ref_branch: 'branch', ref_branch: 'branch' }],
  ['dorny/paths-filter', { '*_files': 'path' }],
  ['jitterbit/get-changed-files', { '*': 'path' }],
  ['trilom/file-changes-action', { '*': 'path' }],
  ['lots0logs/gh-action-get-changed-files', { '*': 'path' }],
  ['ana06/get-changed-files', { '*': 'path' }],
  ['masesgroup/retrieve-changed-files', { '*': 'path' }],
  ['bewuethr/shellcheck-action', {}],
  ['xt0rted/pull-request-comment-branch', { head_ref: 'branch' }],
  ['alessbell/pull-request-comment-branch', { head_ref: 'branch' }],
  ['eficode/resolve-pr-refs', { head_ref: 'branch' }],
  ['gotson/pull-request-comment-branch', { head_ref: 'branch' }],
  ['potiuk/get-workflow-origin', { sourceheadbranch: 'branch', pullrequestlabels: 'label' }],
  ['peter-murray/issue-body-parser-action', { '*': 'text' }],
  ['zentered/issue-forms-body-parser', { '*': 'text' }],
  ['stefanbuck/github-issue-parser', { '*': 'text' }],
  ['peter-murray/issue-forms-body-parser', { '*': 'text' }],
  ['khan/pull-request-comment-trigger', { comment_body: 'text' }],
  ['neverendingqs/gh-action-get-comment-body', { '*': 'text' }],
  ['dawidd6/action-get-tag', { tag: 'branch' }],
  ['rlespinasse/github-slug-action', { '*': 'branch' }],
  ['franzdiebold/github-env-vars-action', { '*': 'branch' }],
  ['actions-ecosystem/action-regex-match', { '*': 'text' }],
  ['8bitjonny/gh-get-current-pr', { pr_title: 'title', pr_body: 'text', pr_head_ref: 'branch' }],
  ['jwalton/gh-find-current-pr', { title: 'title', body: 'text' }],
  ['actions-ecosystem/action-get-merged-pull-request', { title: 'title', body: 'text' }],
  ['wow-actions/parse-issue-form', { '*': 'text' }],
  ['tzkhan/pr-update-action', {}],
  ['mad9000/actions-find-and-replace-string', {}],
  ['ruby/setup-ruby', {}],
  ['step-security/changed-files', { '*': 'path' }],
  ['step-security/paths-filter', { '*_files': 'path' }],
])

/** Actions whose outputs repeat one of their inputs. */
export const PASSING_INPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['mad9000/actions-find-and-replace-string', ['source', 'replace']],
  ['frabert/replace-string-action', ['string']],
  ['actions-ecosystem/action-regex-match', ['text']],
  ['kaisugi/action-regex-match', ['text']],
  ['ashley-taylor/regex-property-action', ['value']],
  ['haya14busa/action-cond', ['if_true', 'if_false']],
  ['aslafy-z/conventional-pr-title-action', []],
  ['bluwy/substitute-string-action', ['_input-text']],
])

/** Actions that decide whether the person who started the run may: a later step or job that runs at all, or reads their output, is guarded. */
export const PERMISSION_CHECKS: ReadonlySet<string> = new Set([
  'actions-cool/check-user-permission',
  'lannonbr/repo-permission-check-action',
  'prince-chrismc/check-actor-permissions-action',
  'sushichop/action-repository-permission',
  'skjnldsv/check-actor-permission',
  'morfien101/actions-authorized-user',
  'tspascoal/get-user-teams-membership',
  'octodemo/check-permission',
  'dougg0k/js-permission-check',
  'scherermichael-oss/action-has-permission',
  'github/command',
  'xt0rted/slash-command-action',
  'peter-evans/slash-command-dispatch',
  'the-actions-org/workflow-dispatch-permission',
  '74th/workflow-permission-action',
  'step-security/action-check-user-permission',
])

/** Actions that restore or save a cache, with the input that switches it on; `true` when it is on by default. */
export const CACHE_ACTIONS: ReadonlyMap<string, { readonly input: string | undefined; readonly byDefault: boolean }> = new Map([
  ['actions/cache', { input: undefined, byDefault: true }],
  ['actions/cache/restore', { input: undefined, byDefault: true }],
  ['actions/setup-node', { input: 'cache', byDefault: false }],
  ['actions/setup-python', { input: 'cache', byDefault: false }],
  ['actions/setup-java', { input: 'cache', byDefault: false }],
  ['actions/setup-dotnet', { input: 'cache', byDefault: false }],
  ['actions/setup-go', { input: 'cache', byDefault: true }],
  ['ruby/setup-ruby', { input: 'bundler-cache', byDefault: false }],
  ['swatinem/rust-cache', { input: undefined, byDefault: true }],
  ['astral-sh/setup-uv', { input: 'enable-cache', byDefault: true }],
  ['gradle/actions/setup-gradle', { input: 'cache-disabled', byDefault: true }],
  ['gradle/gradle-build-action', { input: 'cache-disabled', byDefault: true }],
  ['pnpm/action-setup', { input: 'cache', byDefault: false }],
  ['mlugg/setup-zig', { input: 'use-cache', byDefault: true }],
  ['goto-bus-stop/setup-zig', { input: 'cache', byDefault: true }],
  ['julia-actions/cache', { input: undefined, byDefault: true }],
  ['coursier/cache-action', { input: undefined, byDefault: true }],
  ['mozilla-actions/sccache-action', { input: undefined, byDefault: true }],
  ['hendrikmuhs/ccache-action', { input: undefined, byDefault: true }],
  ['nix-community/cache-nix-action', { input: undefined, byDefault: true }],
  ['determinatesystems/magic-nix-cache-action', { input: undefined, byDefault: true }],
  ['actions-rust-lang/setup-rust-toolchain', { input: 'cache', byDefault: true }],
  ['prefix-dev/setup-pixi', { input: 'cache', byDefault: true }],
  ['jdx/mise-action', { input: 'cache', byDefault: true }],
  ['docker/setup-buildx-action', { input: 'cache-binary', byDefault: true }],
  ['oven-sh/setup-bun', { input: 'no-cache', byDefault: true }],
  ['golangci/golangci-lint-action', { input: 'skip-cache', byDefault: true }],
])

/** Actions that check a pull request's code out although their name does not say so, with the input that names the ref. */
export const CHECKOUT_ACTIONS: ReadonlySet<string> = new Set([
  'actions/checkout',
  'nschloe/action-cached-lfs-checkout',
  'taiki-e/checkout-action',
  'namespacelabs/nscloud-checkout-action',
  'useblacksmith/checkout',
  'runs-on/checkout',
])
