import { POPULAR_ACTIONS } from '../../data/facts.ts'
import { defineRule } from '../../rule.ts'

export const typosquattedAction = defineRule({
  id: 'typosquatted-action',
  title: 'An action’s name is one letter off a known one',
  severity: 'high',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E10'],
  cwe: ['CWE-1357'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.002'],
  fix: 'none',

  *uses(uses) {
    if (uses.kind !== 'repository' || POPULAR.has(uses.slug)) return
    const [owner = '', repo = ''] = uses.slug.split('/')
    for (const popular of POPULAR_ACTIONS) {
      const [theirs = '', name = ''] = popular.split('/')
      // A fork keeps the name of the repository, so only a slip in the owner, or in a repository of the same owner, is one.
      const slip = (owner !== theirs && repo === name && nearly(owner, theirs)) || (owner === theirs && repo !== name && nearly(repo, name))
      if (!slip) continue
      yield { at: uses.node, message: `\`${uses.slug}\` looks like \`${popular}\` and is another repository.` }
      return
    }
  },
})

const POPULAR: ReadonlySet<string> = new Set(POPULAR_ACTIONS)

/** Whether one insertion, deletion, replacement or swap of neighbours makes one of the other. */
function nearly(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 4) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  if (a.length === b.length) {
    if (a.slice(at + 1) === b.slice(at + 1)) return true
    return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
  }
  return a.length > b.length ? a.slice(at + 1) === b.slice(at) : a.slice(at) === b.slice(at + 1)
}
