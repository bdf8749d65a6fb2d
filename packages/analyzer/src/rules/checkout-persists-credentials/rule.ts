import { setIn } from '../../fix/edit.ts'
import { fileOf, later, type Step } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'
import { commandsOf, programOf } from '../../shell/index.ts'

export const checkoutPersistsCredentials = defineRule({
  id: 'checkout-persists-credentials',
  title: 'Checkout leaves the job token on disk',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D12'],
  cwe: ['CWE-522'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552.001'],
  fix: 'review',

  *step(step) {
    if (step.uses?.action !== 'actions/checkout') return
    // An explicit value, even `true`, is a decision; the rule is about the default.
    if (step.with.entries.has('persist-credentials')) return
    const { uses } = step
    const pusher = later(step).find(needsGitCredentials)
    yield {
      at: uses.node,
      // Since v6 the token lies outside of the working tree, where an upload of the tree does not take it along.
      severity: isRecent(uses.ref) ? 'low' : 'medium',
      message: `\`${uses.text}\` keeps the job token on disk, where every later step of the job can read it.`,
      fix: () =>
        pusher
          ? { refused: 'A later step uses git with the stored token; give that step the token itself first.' }
          : {
              safety: 'review',
              title: 'Set `persist-credentials: false`',
              caution:
                'A later step that reaches a private repository over git, without `git` in the workflow itself, would lose its access.',
              edits: setIn(fileOf(step), step.node, ['with', 'persist-credentials'], 'false', step.node.index.get('uses')),
            },
    }
  },
})

/** Actions that push with the credentials that checkout stored. */
const PUSHERS: ReadonlySet<string> = new Set([
  'stefanzweifel/git-auto-commit-action',
  'endbug/add-and-commit',
  'ad-m/github-push-action',
  'peter-evans/create-pull-request',
  'changesets/action',
  'cycjimmy/semantic-release-action',
  'google-github-actions/release-please-action',
  'googleapis/release-please-action',
  'helm/chart-releaser-action',
  'jamesives/github-pages-deploy-action',
  'mathieudutour/github-tag-action',
  'anothrnick/github-tag-action',
  'planetscale/ghcommit-action',
])

function needsGitCredentials(step: Step): boolean {
  if (step.uses) return PUSHERS.has(step.uses.action) || step.uses.kind === 'local' || step.uses.kind === 'self'
  return commandsOf(step).some((command) => {
    const { program, args } = programOf(command)
    if (program === 'git') return args.some((arg) => /^(?:push|fetch|pull|clone|submodule|ls-remote|lfs|remote)$/.test(arg.text))
    // Release tools push tags themselves.
    return (
      /^(?:semantic-release|lerna|goreleaser|changeset|mike|gh-pages|release-it|standard-version|cargo-release)$/.test(program) ||
      (program === 'npx' && args.some((arg) => /semantic-release|lerna|gh-pages|release-it|changeset/.test(arg.text)))
    )
  })
}

/** `v6` and later by tag; a commit tells nothing. */
function isRecent(ref: string): boolean {
  const major = /^v(\d+)/.exec(ref)?.[1]
  return major !== undefined && Number(major) >= 6
}
