/* Every rule, in alphabetical order. A test compares this list with the folders. */
import type { Rule } from '../rule.ts'
import { artifactPoisoning } from './artifact-poisoning/rule.ts'
import { cacheInRelease } from './cache-in-release/rule.ts'
import { cachePoisoning } from './cache-poisoning/rule.ts'
import { checkoutPersistsCredentials } from './checkout-persists-credentials/rule.ts'
import { dangerousTrigger } from './dangerous-trigger/rule.ts'
import { pipedDownload } from './piped-download/rule.ts'
import { prOnSelfHosted } from './pr-on-self-hosted/rule.ts'
import { selfHostedRunner } from './self-hosted-runner/rule.ts'
import { templateInjection } from './template-injection/rule.ts'
import { unguardedCommand } from './unguarded-command/rule.ts'
import { untrustedCheckout } from './untrusted-checkout/rule.ts'
import { untrustedCheckoutToctou } from './untrusted-checkout-toctou/rule.ts'

export const rules: readonly Rule[] = [
  artifactPoisoning,
  cacheInRelease,
  cachePoisoning,
  checkoutPersistsCredentials,
  dangerousTrigger,
  pipedDownload,
  prOnSelfHosted,
  selfHostedRunner,
  templateInjection,
  unguardedCommand,
  untrustedCheckout,
  untrustedCheckoutToctou,
]
