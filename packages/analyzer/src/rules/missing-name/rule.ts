import { defineRule } from '../../rule.ts'

export const missingName = defineRule({
  id: 'missing-name',
  title: 'A workflow or job has no name',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F5'],
  cwe: ['CWE-1059'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *workflow(workflow) {
    if (!workflow.name && workflow.on)
      yield { at: workflow.on.key, message: 'Without a name, runs and required checks are known by the path of the file.' }
  },
})
