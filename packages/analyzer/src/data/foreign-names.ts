/* Names that other tools give to what a rule of ours reports, so that their ignore comments count. */
interface Foreign {
  readonly zizmor?: readonly string[]
  readonly codeql?: readonly string[]
}

export const FOREIGN_NAMES: ReadonlyMap<string, Foreign> = new Map<string, Foreign>([
  ['template-injection', { zizmor: ['template-injection'], codeql: ['actions/code-injection/critical', 'actions/code-injection/medium'] }],
  [
    'env-file-injection',
    {
      zizmor: ['github-env'],
      codeql: [
        'actions/envvar-injection/critical',
        'actions/envvar-injection/medium',
        'actions/envpath-injection/critical',
        'actions/envpath-injection/medium',
      ],
    },
  ],
  ['dangerous-trigger', { zizmor: ['dangerous-triggers'] }],
  [
    'untrusted-checkout',
    { codeql: ['actions/untrusted-checkout/critical', 'actions/untrusted-checkout/high', 'actions/untrusted-checkout/medium'] },
  ],
  ['untrusted-checkout-toctou', { codeql: ['actions/untrusted-checkout-toctou/critical', 'actions/untrusted-checkout-toctou/high'] }],
  ['artifact-poisoning', { codeql: ['actions/artifact-poisoning/critical', 'actions/artifact-poisoning/medium'] }],
  ['cache-in-release', { zizmor: ['cache-poisoning'] }],
  [
    'cache-poisoning',
    {
      codeql: ['actions/cache-poisoning/code-injection', 'actions/cache-poisoning/direct-cache', 'actions/cache-poisoning/poisonable-step'],
    },
  ],
  ['self-hosted-runner', { zizmor: ['self-hosted-runner'] }],
  ['spoofable-actor-check', { zizmor: ['bot-conditions'] }],
  [
    'condition-always-true',
    { zizmor: ['unsound-condition'], codeql: ['actions/if-expression-always-true/critical', 'actions/if-expression-always-true/high'] },
  ],
  ['unsound-contains', { zizmor: ['unsound-contains'] }],
  ['unsound-ternary', { zizmor: ['unsound-ternary'] }],
  ['label-gate', { codeql: ['actions/improper-access-control'] }],
  ['missing-permissions', { zizmor: ['excessive-permissions'], codeql: ['actions/missing-workflow-permissions'] }],
  ['excessive-permissions', { zizmor: ['excessive-permissions'] }],
  ['undocumented-permissions', { zizmor: ['undocumented-permissions'] }],
  ['inherited-secrets', { zizmor: ['secrets-inherit'] }],
  ['overprovisioned-secrets', { zizmor: ['overprovisioned-secrets'], codeql: ['actions/excessive-secrets-exposure'] }],
  ['secrets-outside-environment', { zizmor: ['secrets-outside-env'] }],
  ['unmasked-secret', { zizmor: ['unredacted-secrets'], codeql: ['actions/unmasked-secret-exposure'] }],
  ['secret-in-artifact', { zizmor: ['artipacked'], codeql: ['actions/secrets-in-artifacts'] }],
  ['checkout-persists-credentials', { zizmor: ['artipacked'] }],
  ['hardcoded-container-credentials', { zizmor: ['hardcoded-container-credentials'] }],
  ['broad-app-token', { zizmor: ['github-app'] }],
  ['trusted-publishing', { zizmor: ['use-trusted-publishing'] }],
  ['unpinned-uses', { zizmor: ['unpinned-uses'], codeql: ['actions/unpinned-tag'] }],
  ['unpinned-image', { zizmor: ['unpinned-images'] }],
  ['impostor-commit', { zizmor: ['impostor-commit'] }],
  ['ref-confusion', { zizmor: ['ref-confusion'] }],
  ['version-comment-mismatch', { zizmor: ['ref-version-mismatch'] }],
  ['untagged-commit', { zizmor: ['stale-action-refs'] }],
  ['vulnerable-action', { zizmor: ['known-vulnerable-actions'], codeql: ['actions/vulnerable-action'] }],
  ['archived-action', { zizmor: ['archived-uses'] }],
  ['typosquatted-action', { zizmor: ['typosquat-uses'] }],
  ['forbidden-action', { zizmor: ['forbidden-uses'] }],
  ['superfluous-action', { zizmor: ['superfluous-actions'] }],
  ['unlocked-install', { zizmor: ['adhoc-packages'] }],
  ['unpinned-tool', { zizmor: ['unpinned-tools'] }],
  ['local-action-reference', { zizmor: ['self-repository'] }],
  ['insecure-commands', { zizmor: ['insecure-commands'] }],
  ['obfuscation', { zizmor: ['obfuscation'] }],
  ['misfeature', { zizmor: ['misfeature'] }],
  ['missing-name', { zizmor: ['anonymous-definition'] }],
  ['missing-concurrency', { zizmor: ['concurrency-limits'] }],
  ['dependabot-cooldown', { zizmor: ['dependabot-cooldown'] }],
  ['dependabot-execution', { zizmor: ['dependabot-execution'] }],
])
