import { describeHoldings, holdingsOf } from '../../flow/exposure.ts'
import { defineRule } from '../../rule.ts'

export const missingMonitor = defineRule({
  id: 'missing-monitor',
  title: 'No runtime monitor watches the job',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F12', 'G4'],
  cwe: ['CWE-778'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *job(job) {
    if (job.uses || job.steps.length === 0) return
    const first = job.steps.find((step) => step.uses && MONITORS.has(step.uses.slug))
    if (first) {
      const before = job.steps.slice(0, first.index).find((step) => step.run ?? (step.uses && step.uses.owner !== 'actions'))
      if (before)
        yield {
          at: before.uses?.node ?? before.run ?? job.key,
          severity: 'low',
          message: 'This runs before the monitor starts, so nobody sees what it does.',
        }
      return
    }
    // Where there is nothing to lose, watching is a matter of taste.
    const holds = holdingsOf(job)
    if (holds.token === 'write' || holds.secrets || holds.oidc)
      yield { at: job.key, message: `\`${job.id}\` holds ${describeHoldings(holds)}, and nothing records what its steps really do.` }
  },
})

const MONITORS: ReadonlySet<string> = new Set([
  'step-security/harden-runner',
  'gatehouse/gatehouse',
  'bullfrogsec/bullfrog',
  'cycodelabs/cimon-action',
  'kubescape/attack-chain',
  'gitguardian/ggshield-action',
])
