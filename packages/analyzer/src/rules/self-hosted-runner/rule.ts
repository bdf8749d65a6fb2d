import { isHostedLabel } from '../../flow/exposure.ts'
import { defineRule } from '../../rule.ts'

export const selfHostedRunner = defineRule({
  id: 'self-hosted-runner',
  title: 'A self-hosted machine is used',
  severity: 'low',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B9'],
  cwe: ['CWE-653'],
  cicd: ['CICD-SEC-7'],
  fix: 'none',

  *job(job, { policies }) {
    const { runsOn } = job
    if (!runsOn) return
    const label = runsOn.labels.find((one) => one.value.toLowerCase() === 'self-hosted')
    const named = label ?? runsOn.group ?? runsOn.labels.find((one) => !isHostedLabel(one.value) && !one.value.includes('${{'))
    if (!named || runsOn.labels.some((one) => policies.trustedRunners.includes(one.value))) return
    yield {
      at: named,
      confidence: label ? 'high' : 'low',
      message: `This job runs on \`${named.value}\`, which GitHub does not host: what a job leaves there, the next one may find.`,
    }
  },
})
