/* Every rule, in alphabetical order. A test compares this list with the folders. */
import type { Rule } from '../rule.ts'
import { checkoutPersistsCredentials } from './checkout-persists-credentials/rule.ts'

export const rules: readonly Rule[] = [checkoutPersistsCredentials]
