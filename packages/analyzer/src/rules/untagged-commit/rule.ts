import { isCommit } from '../../model/uses.ts'
import { versionComment } from '../../model/version-comment.ts'
import { defineRule } from '../../rule.ts'

export const untaggedCommit = defineRule({
  id: 'untagged-commit',
  title: 'A pin at a commit that is no release',
  severity: 'low',
  confidence: 'low',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E7'],
  cwe: ['CWE-1357'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *uses(uses, place, { resolver }) {
    if (uses.kind !== 'repository' || !isCommit(uses.ref)) return
    const facts = resolver.repository(uses.slug)
    if (!facts?.tags || facts.reachable?.(uses.ref) === false) return
    // An old list makes every later release look like a commit between releases.
    if (facts.tagsAsOf !== undefined && facts.tagsAsOf < LISTS_SINCE) return
    const commit = uses.ref.toLowerCase()
    for (const at of facts.tags.values()) if (at === commit) return
    // A version in the comment is either newer than what is known here, or the business of version-comment-mismatch.
    if (versionComment(uses, place)) return
    yield {
      at: uses.node,
      message: `No known tag of ${uses.slug} points at this commit: it is either newer than what is known here, or was never released.`,
    }
  },
})

/** Lists of tags from before this day are too old for this question. */
const LISTS_SINCE = '2026-02'
