/* Manual pages of the rules, which lie beside their code. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const RULES = fileURLToPath(new URL('../../../packages/analyzer/src/rules/', import.meta.url))

/** The page of a rule; only called with ids of rules. */
export function pageOf(id: string): string {
  const file = `${RULES}${id}/rule.md`
  return existsSync(file) ? readFileSync(file, 'utf8') : `The manual page of ${id} is not installed.`
}
