/* Every rule, in alphabetical order. A test compares this list with the folders. */
import type { Rule } from '../rule.ts'
import { checkoutPersistsCredentials } from './checkout-persists-credentials/rule.ts'
import { templateInjection } from './template-injection/rule.ts'

export const rules: readonly Rule[] = [
  checkoutPersistsCredentials,
  templateInjection,
]
