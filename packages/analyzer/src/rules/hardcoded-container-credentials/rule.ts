import { child, isNull, scalarOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const hardcodedContainerCredentials = defineRule({
  id: 'hardcoded-container-credentials',
  title: 'A registry password stands in the workflow',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D13'],
  cwe: ['CWE-798'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552.001'],
  fix: 'none',

  *job(job) {
    const places = [job.container, ...(job.services?.entries.map((entry) => entry.value) ?? [])]
    for (const place of places) {
      const password = scalarOf(child(place, 'credentials'), 'password')
      if (password && !isNull(password) && !password.value.includes('${{'))
        yield { at: password, message: 'This password can be read by everybody who can read the repository, and stays in its history.' }
    }
  },
})
