import { ADVISORIES } from '../../data/facts.ts'
import { unitOf, type Job, type Step } from '../../model/types.ts'
import { isCommit, type Uses } from '../../model/uses.ts'
import { lineAt } from '../../source.ts'
import { defineRule } from '../../rule.ts'

export const vulnerableAction = defineRule({
  id: 'vulnerable-action',
  title: 'An action with a published vulnerability',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E8'],
  cwe: ['CWE-1395'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.002'],
  fix: 'none',

  *uses(uses, place) {
    if (uses.kind !== 'repository') return
    const version = versionOf(uses.ref) ?? versionOf(commentVersion(place, uses) ?? '')
    if (!version) return
    for (const advisory of ADVISORIES) {
      if (advisory.action !== uses.slug && advisory.action !== uses.action) continue
      if (advisory.fixed && !isBefore(version, advisory.fixed)) continue
      yield {
        at: uses.node,
        severity: advisory.severity,
        confidence: isCommit(uses.ref) ? 'medium' : 'high',
        message: `\`${uses.action}\` before ${advisory.fixed?.join('.') ?? 'any fix'} has ${advisory.id}: ${advisory.summary}.`,
      }
      return
    }
  },
})

/** `v1.2.3` as numbers. A moving major or minor tag has as many numbers as it says. */
function versionOf(ref: string): number[] | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(ref)
  return match ? match.slice(1).flatMap((part) => (part === undefined ? [] : [Number(part)])) : undefined
}

/** Whether a version is certainly before another: a moving tag `v4` is whatever the newest 4 is. */
function isBefore(version: readonly number[], fixed: readonly number[]): boolean {
  for (const [at, part] of fixed.entries()) {
    const mine = version[at]
    if (mine === undefined) return false
    if (mine !== part) return mine < part
  }
  return false
}

function commentVersion(place: Step | Job, uses: Uses): string | undefined {
  const unit = unitOf(place)
  if (!unit || !isCommit(uses.ref)) return undefined
  const line = lineAt(unit.file, uses.node.start)
  const comment = unit.comments.find((one) => lineAt(unit.file, one.start) === line)
  return comment && /\bv?\d+(?:\.\d+){1,2}\b/.exec(comment.text)?.[0]
}
