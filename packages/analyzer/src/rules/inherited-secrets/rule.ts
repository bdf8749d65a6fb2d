import { defineRule } from '../../rule.ts'

export const inheritedSecrets = defineRule({
  id: 'inherited-secrets',
  title: 'All secrets are handed on',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D5'],
  cwe: ['CWE-200', 'CWE-250'],
  cicd: ['CICD-SEC-6'],
  fix: 'none',

  *job(job) {
    if (!job.uses || job.secrets?.kind !== 'scalar' || job.secrets.value !== 'inherit') return
    const local = job.uses.kind !== 'repository'
    yield {
      at: job.secrets,
      severity: local ? 'low' : 'medium',
      level: local ? 'strict' : 'default',
      message: `\`${job.uses.text}\` gets every secret of the repository and the organisation, also those it has no use for.`,
    }
  },
})
