import { contributions } from '../../expressions/contexts.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const broadSecretEnv = defineRule({
  id: 'broad-secret-env',
  title: 'A secret stands in the environment of many steps',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D8'],
  cwe: ['CWE-522', 'CWE-526'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552.007'],
  fix: 'none',

  *expression(place) {
    const { embedded, job, step, role, unit } = place
    if (role !== 'env' || step || !embedded.expression || unit.kind !== 'workflow') return
    const steps = job ? job.steps.length : unit.jobs.reduce((sum, one) => sum + one.steps.length, 0)
    if (steps < 2) return
    for (const { reference, path: parts } of contributions(embedded.expression)) {
      const path = parts.join('.')
      if (!path.startsWith('secrets.') && path !== 'github.token') continue
      const whole = job === undefined && unit.jobs.length > 1
      const ours = path === 'github.token' || path === 'secrets.github_token'
      yield {
        at: rangeIn(place, reference),
        severity: whole && !ours ? 'medium' : 'low',
        level: whole || !ours ? (ours ? 'strict' : 'default') : 'strict',
        message: `\`${path}\` is in the environment of all ${steps} steps ${job ? 'of this job' : 'of this workflow'}, every action and install script among them.`,
      }
    }
  },
})
