/* Every rule, in alphabetical order. A test compares this list with the folders. */
import type { Rule } from '../rule.ts'
import { agentOpenToAnyone } from './agent-open-to-anyone/rule.ts'
import { agentPromptInjection } from './agent-prompt-injection/rule.ts'
import { agentWithoutLimits } from './agent-without-limits/rule.ts'
import { argumentInjection } from './argument-injection/rule.ts'
import { artifactPoisoning } from './artifact-poisoning/rule.ts'
import { broadAppToken } from './broad-app-token/rule.ts'
import { broadSecretEnv } from './broad-secret-env/rule.ts'
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
import { hardcodedContainerCredentials } from './hardcoded-container-credentials/rule.ts'
import { inheritedSecrets } from './inherited-secrets/rule.ts'
import { insecureCommands } from './insecure-commands/rule.ts'
import { labelGate } from './label-gate/rule.ts'
import { missingPermissions } from './missing-permissions/rule.ts'
import { outputClobbering } from './output-clobbering/rule.ts'
import { overprovisionedSecrets } from './overprovisioned-secrets/rule.ts'
import { pipedDownload } from './piped-download/rule.ts'
import { prOnSelfHosted } from './pr-on-self-hosted/rule.ts'
import { requestForgery } from './request-forgery/rule.ts'
import { secretInArtifact } from './secret-in-artifact/rule.ts'
import { secretInLog } from './secret-in-log/rule.ts'
import { secretsOutsideEnvironment } from './secrets-outside-environment/rule.ts'
import { selfHostedRunner } from './self-hosted-runner/rule.ts'
import { shellEval } from './shell-eval/rule.ts'
import { spoofableActorCheck } from './spoofable-actor-check/rule.ts'
import { templateInjection } from './template-injection/rule.ts'
import { trustedPublishing } from './trusted-publishing/rule.ts'
import { undocumentedPermissions } from './undocumented-permissions/rule.ts'
import { unguardedCommand } from './unguarded-command/rule.ts'
import { unknownPermission } from './unknown-permission/rule.ts'
import { unmaskedSecret } from './unmasked-secret/rule.ts'
import { unsoundContains } from './unsound-contains/rule.ts'
import { unsoundTernary } from './unsound-ternary/rule.ts'
import { untrustedCheckout } from './untrusted-checkout/rule.ts'
import { untrustedCheckoutToctou } from './untrusted-checkout-toctou/rule.ts'

export const rules: readonly Rule[] = [
  agentOpenToAnyone,
  agentPromptInjection,
  agentWithoutLimits,
  argumentInjection,
  artifactPoisoning,
  broadAppToken,
  broadSecretEnv,
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
  hardcodedContainerCredentials,
  inheritedSecrets,
  insecureCommands,
  labelGate,
  missingPermissions,
  outputClobbering,
  overprovisionedSecrets,
  pipedDownload,
  prOnSelfHosted,
  requestForgery,
  secretInArtifact,
  secretInLog,
  secretsOutsideEnvironment,
  selfHostedRunner,
  shellEval,
  spoofableActorCheck,
  templateInjection,
  trustedPublishing,
  undocumentedPermissions,
  unguardedCommand,
  unknownPermission,
  unmaskedSecret,
  unsoundContains,
  unsoundTernary,
  untrustedCheckout,
  untrustedCheckoutToctou,
]
