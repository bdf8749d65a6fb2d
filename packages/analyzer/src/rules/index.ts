/* Every rule, in alphabetical order. A test compares this list with the folders. */
import type { Rule } from '../rule.ts'
import { actionsLock } from './actions-lock/rule.ts'
import { agentOpenToAnyone } from './agent-open-to-anyone/rule.ts'
import { agentPromptInjection } from './agent-prompt-injection/rule.ts'
import { agentWithoutLimits } from './agent-without-limits/rule.ts'
import { archivedAction } from './archived-action/rule.ts'
import { argumentInjection } from './argument-injection/rule.ts'
import { artifactPoisoning } from './artifact-poisoning/rule.ts'
import { broadAppToken } from './broad-app-token/rule.ts'
import { broadSecretEnv } from './broad-secret-env/rule.ts'
import { cacheBloat } from './cache-bloat/rule.ts'
import { cacheInRelease } from './cache-in-release/rule.ts'
import { cachePoisoning } from './cache-poisoning/rule.ts'
import { checkoutPersistsCredentials } from './checkout-persists-credentials/rule.ts'
import { conditionAlwaysTrue } from './condition-always-true/rule.ts'
import { confusedAutoMerge } from './confused-auto-merge/rule.ts'
import { dangerousTrigger } from './dangerous-trigger/rule.ts'
import { debugLogging } from './debug-logging/rule.ts'
import { dependabotCooldown } from './dependabot-cooldown/rule.ts'
import { dependabotExecution } from './dependabot-execution/rule.ts'
import { dependabotWithoutActions } from './dependabot-without-actions/rule.ts'
import { deprecatedCommand } from './deprecated-command/rule.ts'
import { envFileInjection } from './env-file-injection/rule.ts'
import { excessivePermissions } from './excessive-permissions/rule.ts'
import { forbiddenAction } from './forbidden-action/rule.ts'
import { hardcodedContainerCredentials } from './hardcoded-container-credentials/rule.ts'
import { impostorCommit } from './impostor-commit/rule.ts'
import { inheritedSecrets } from './inherited-secrets/rule.ts'
import { insecureCommands } from './insecure-commands/rule.ts'
import { insecureUrl } from './insecure-url/rule.ts'
import { labelGate } from './label-gate/rule.ts'
import { localActionReference } from './local-action-reference/rule.ts'
import { misfeature } from './misfeature/rule.ts'
import { missingConcurrency } from './missing-concurrency/rule.ts'
import { missingMonitor } from './missing-monitor/rule.ts'
import { missingName } from './missing-name/rule.ts'
import { missingPermissions } from './missing-permissions/rule.ts'
import { missingTimeout } from './missing-timeout/rule.ts'
import { movedRepository } from './moved-repository/rule.ts'
import { needlessCodeqlWorkflow } from './needless-codeql-workflow/rule.ts'
import { obfuscation } from './obfuscation/rule.ts'
import { outdatedRuntime } from './outdated-runtime/rule.ts'
import { outputClobbering } from './output-clobbering/rule.ts'
import { overprovisionedSecrets } from './overprovisioned-secrets/rule.ts'
import { parametrisedRelease } from './parametrised-release/rule.ts'
import { pipedDownload } from './piped-download/rule.ts'
import { prOnSelfHosted } from './pr-on-self-hosted/rule.ts'
import { refConfusion } from './ref-confusion/rule.ts'
import { requestForgery } from './request-forgery/rule.ts'
import { reverseShell } from './reverse-shell/rule.ts'
import { scriptLint } from './script-lint/rule.ts'
import { secretInArtifact } from './secret-in-artifact/rule.ts'
import { secretInLog } from './secret-in-log/rule.ts'
import { secretsOutsideEnvironment } from './secrets-outside-environment/rule.ts'
import { selfHostedRunner } from './self-hosted-runner/rule.ts'
import { shellEval } from './shell-eval/rule.ts'
import { spoofableActorCheck } from './spoofable-actor-check/rule.ts'
import { superfluousAction } from './superfluous-action/rule.ts'
import { syntax } from './syntax/rule.ts'
import { templateInjection } from './template-injection/rule.ts'
import { trustedPublishing } from './trusted-publishing/rule.ts'
import { typosquattedAction } from './typosquatted-action/rule.ts'
import { undocumentedPermissions } from './undocumented-permissions/rule.ts'
import { unguardedCommand } from './unguarded-command/rule.ts'
import { unknownInput } from './unknown-input/rule.ts'
import { unknownPermission } from './unknown-permission/rule.ts'
import { unknownReference } from './unknown-reference/rule.ts'
import { unlockedInstall } from './unlocked-install/rule.ts'
import { unmaskedSecret } from './unmasked-secret/rule.ts'
import { unpinnableAction } from './unpinnable-action/rule.ts'
import { unpinnedImage } from './unpinned-image/rule.ts'
import { unpinnedTool } from './unpinned-tool/rule.ts'
import { unpinnedUses } from './unpinned-uses/rule.ts'
import { unsafeCheckoutOptOut } from './unsafe-checkout-opt-out/rule.ts'
import { unsignedImage } from './unsigned-image/rule.ts'
import { unsoundContains } from './unsound-contains/rule.ts'
import { unsoundTernary } from './unsound-ternary/rule.ts'
import { untaggedCommit } from './untagged-commit/rule.ts'
import { untrustedCheckout } from './untrusted-checkout/rule.ts'
import { untrustedCheckoutToctou } from './untrusted-checkout-toctou/rule.ts'
import { untrustedInput } from './untrusted-input/rule.ts'
import { unverifiedCreator } from './unverified-creator/rule.ts'
import { versionCommentMismatch } from './version-comment-mismatch/rule.ts'
import { vulnerableAction } from './vulnerable-action/rule.ts'

export const rules: readonly Rule[] = [
  actionsLock,
  agentOpenToAnyone,
  agentPromptInjection,
  agentWithoutLimits,
  archivedAction,
  argumentInjection,
  artifactPoisoning,
  broadAppToken,
  broadSecretEnv,
  cacheBloat,
  cacheInRelease,
  cachePoisoning,
  checkoutPersistsCredentials,
  conditionAlwaysTrue,
  confusedAutoMerge,
  dangerousTrigger,
  debugLogging,
  dependabotCooldown,
  dependabotExecution,
  dependabotWithoutActions,
  deprecatedCommand,
  envFileInjection,
  excessivePermissions,
  forbiddenAction,
  hardcodedContainerCredentials,
  impostorCommit,
  inheritedSecrets,
  insecureCommands,
  insecureUrl,
  labelGate,
  localActionReference,
  misfeature,
  missingConcurrency,
  missingMonitor,
  missingName,
  missingPermissions,
  missingTimeout,
  movedRepository,
  needlessCodeqlWorkflow,
  obfuscation,
  outdatedRuntime,
  outputClobbering,
  overprovisionedSecrets,
  parametrisedRelease,
  pipedDownload,
  prOnSelfHosted,
  refConfusion,
  requestForgery,
  reverseShell,
  scriptLint,
  secretInArtifact,
  secretInLog,
  secretsOutsideEnvironment,
  selfHostedRunner,
  shellEval,
  spoofableActorCheck,
  superfluousAction,
  syntax,
  templateInjection,
  trustedPublishing,
  typosquattedAction,
  undocumentedPermissions,
  unguardedCommand,
  unknownInput,
  unknownPermission,
  unknownReference,
  unlockedInstall,
  unmaskedSecret,
  unpinnableAction,
  unpinnedImage,
  unpinnedTool,
  unpinnedUses,
  unsafeCheckoutOptOut,
  unsignedImage,
  unsoundContains,
  unsoundTernary,
  untaggedCommit,
  untrustedCheckout,
  untrustedCheckoutToctou,
  untrustedInput,
  unverifiedCreator,
  versionCommentMismatch,
  vulnerableAction,
]
