import { cacheUse } from '../../flow/caches.ts'
import { explainExposure, isPrivileged, reachOf, stepExposures } from '../../flow/exposure.ts'
import { outsidersCheckout } from '../../flow/untrusted-code.ts'
import { fileOf } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const cachePoisoning = defineRule({
  id: 'cache-poisoning',
  title: 'Outsiders can write the default branch’s cache',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B8'],
  cwe: ['CWE-349'],
  cicd: ['CICD-SEC-9', 'CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    // A cache that is saved on the default branch is restored by every other branch.
    const exposure = stepExposures(step).find(
      (one) => one.facts.startedBy === 'outsider' && one.facts.privileged && one.event !== 'unknown' && reachOf(one) !== 'guarded',
    )
    if (!exposure || !step.uses) return
    const cache = cacheUse(step)
    if (cache !== 'on' && cache !== 'maybe') return
    if (step.uses.action === 'actions/cache/restore') return
    const checkout = step.siblings.map((other) => outsidersCheckout(other)).find((one) => one !== undefined)
    if (!checkout) return
    yield {
      at: step.uses.node,
      severity: isPrivileged(exposure) ? 'low' : 'medium',
      confidence: cache === 'on' ? 'medium' : 'low',
      message: `\`${step.uses.text}\` saves a cache in the default branch’s scope from a job that holds an outsider’s code, so that code reaches every later build.`,
      trace: [
        ...explainExposure(exposure),
        { role: 'path', message: 'the outsider’s code is checked out', file: fileOf(step), range: checkout.at },
        { role: 'sink', message: 'the cache is saved at the end of the job', file: fileOf(step), range: step.uses.node },
      ],
    }
  },
})
