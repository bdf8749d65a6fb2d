import { isCommit } from '../../model/uses.ts'
import { policyFor } from '../../config/policies.ts'
import { defineRule } from '../../rule.ts'

export const unpinnedUses = defineRule({
  id: 'unpinned-uses',
  title: 'An action is not pinned to a commit',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E1'],
  cwe: ['CWE-829', 'CWE-1357'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.002'],
  fix: 'none',

  *uses(uses, place, { policies }) {
    if (uses.kind !== 'repository' || isCommit(uses.ref)) return
    const policy = policyFor(uses.action, policies.pins)
    if (policy === 'any' || (policy === 'ref' && uses.ref !== '')) return
    const official = OFFICIAL.has(uses.owner)
    const moving = uses.ref === '' || !/^v?\d/.test(uses.ref)
    yield {
      at: uses.node,
      severity: official && !moving ? 'low' : moving ? 'high' : 'medium',
      level: official && !moving ? 'strict' : 'default',
      message:
        uses.ref === ''
          ? `\`${uses.text}\` names no version.`
          : `\`${uses.ref}\` of \`${uses.action}\` can be moved to other code by whoever controls that repository${moving ? '; it looks like a branch, which moves all the time' : ''}.`,
    }
    void place
  },
})

/** Owners that run the platform itself. */
const OFFICIAL: ReadonlySet<string> = new Set(['actions', 'github'])
