import { cacheUse } from '../../flow/caches.ts'
import { publishes } from '../../flow/publishing.ts'
import { fileOf } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const cacheInRelease = defineRule({
  id: 'cache-in-release',
  title: 'A release is built from a cache',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B7'],
  cwe: ['CWE-349'],
  cicd: ['CICD-SEC-9'],
  fix: 'none',

  *step(step) {
    const { job, uses } = step
    if (!job || !uses) return
    const cache = cacheUse(step)
    if (cache === 'off') return
    const publishing = publishes(job)
    if (!publishing) return
    yield {
      at: uses.node,
      severity: 'medium',
      confidence: cache === 'on' ? 'medium' : 'low',
      level: cache === 'on' ? 'default' : 'strict',
      message: `\`${uses.text}\` restores a cache in a job that publishes (${publishing.what}); whoever wrote the cache writes the release.`,
      trace: [{ role: 'sink', message: publishing.what, file: fileOf(step), range: publishing.at }],
    }
  },
})
