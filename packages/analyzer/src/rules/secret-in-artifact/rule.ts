import { fileOf, input } from '../../model/types.ts'
import { booleanOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const secretInArtifact = defineRule({
  id: 'secret-in-artifact',
  title: 'An artifact takes credentials along',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D11'],
  cwe: ['CWE-200', 'CWE-522'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552.001'],
  fix: 'none',

  *step(step) {
    if (step.uses?.action !== 'actions/upload-artifact') return
    const path = input(step.with, 'path')
    if (!path || !path.value.split('\n').some((line) => WHOLE.test(line.trim()))) return
    const checkout = step.siblings.slice(0, step.index).find((other) => other.uses?.action === 'actions/checkout')
    if (!checkout || booleanOf(checkout.with.entries.get('persist-credentials')?.value) === false) return
    // Hidden files are left out since v4.4, and since v6 checkout keeps the token outside of the tree.
    const hidden = booleanOf(step.with.entries.get('include-hidden-files')?.value) === true
    const old = /^v(?:[123]|4\.[0-3])(?:\.|$)/.test(step.uses.ref)
    if (!hidden && !old) return
    const safe = /^v(?:[6-9])/.test(checkout.uses?.ref ?? '')
    yield {
      at: path,
      severity: safe ? 'low' : 'high',
      level: safe ? 'strict' : 'default',
      message: 'The whole workspace is uploaded, `.git/config` with the job’s token in it included.',
      trace: [
        { role: 'source', message: 'the token is stored in the working tree', file: fileOf(step), range: checkout.uses?.node ?? path },
        { role: 'sink', message: 'uploaded', file: fileOf(step), range: path },
      ],
    }
  },
})

/** The workspace, or something above it. */
const WHOLE = /^(?:\.|\.\/|\.\.\/?|\*\*?|\.\/\*\*?|\$\{\{\s*github\.workspace\s*\}\}\/?|\.git\/?.*)$/
