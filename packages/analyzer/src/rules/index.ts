/* Every rule, in alphabetical order. A test compares this list with the folders. */
import type { Rule } from '../rule.ts'
import { artifactPoisoning } from './artifact-poisoning/rule.ts'
import { broadAppToken } from './broad-app-token/rule.ts'
import { cacheInRelease } from './cache-in-release/rule.ts'
import { cachePoisoning } from './cache-poisoning/rule.ts'
import { checkoutPersistsCredentials } from './checkout-persists-credentials/rule.ts'
import { dangerousTrigger } from './dangerous-trigger/rule.ts'
import { debugLogging } from './debug-logging/rule.ts'
import { excessivePermissions } from './excessive-permissions/rule.ts'
import { hardcodedContainerPassword } from './hardcoded-container-password/rule.ts'
import { invalidPermission } from './invalid-permission/rule.ts'
import { longLivedPublishToken } from './long-lived-publish-token/rule.ts'
import { missingPermissions } from './missing-permissions/rule.ts'
import { pipedDownload } from './piped-download/rule.ts'
import { prOnSelfHosted } from './pr-on-self-hosted/rule.ts'
import { secretEnvTooWide } from './secret-env-too-wide/rule.ts'
import { secretFieldUnmasked } from './secret-field-unmasked/rule.ts'
import { secretInArtifact } from './secret-in-artifact/rule.ts'
import { secretOutsideEnvironment } from './secret-outside-environment/rule.ts'
import { secretPrinted } from './secret-printed/rule.ts'
import { secretsContext } from './secrets-context/rule.ts'
import { secretsInherit } from './secrets-inherit/rule.ts'
import { selfHostedRunner } from './self-hosted-runner/rule.ts'
import { templateInjection } from './template-injection/rule.ts'
import { undocumentedPermission } from './undocumented-permission/rule.ts'
import { unguardedCommand } from './unguarded-command/rule.ts'
import { untrustedCheckout } from './untrusted-checkout/rule.ts'
import { untrustedCheckoutToctou } from './untrusted-checkout-toctou/rule.ts'

export const rules: readonly Rule[] = [
  artifactPoisoning,
  broadAppToken,
  cacheInRelease,
  cachePoisoning,
  checkoutPersistsCredentials,
  dangerousTrigger,
  debugLogging,
  excessivePermissions,
  hardcodedContainerPassword,
  invalidPermission,
  longLivedPublishToken,
  missingPermissions,
  pipedDownload,
  prOnSelfHosted,
  secretEnvTooWide,
  secretFieldUnmasked,
  secretInArtifact,
  secretOutsideEnvironment,
  secretPrinted,
  secretsContext,
  secretsInherit,
  selfHostedRunner,
  templateInjection,
  undocumentedPermission,
  unguardedCommand,
  untrustedCheckout,
  untrustedCheckoutToctou,
]
