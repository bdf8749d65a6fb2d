import { policyFor } from '../../config/policies.ts'
import { isCommit } from '../../model/uses.ts'
import { scalarOf } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const unpinnableAction = defineRule({
  id: 'unpinnable-action',
  title: 'An action of this repository pulls in unpinned code',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E3'],
  cwe: ['CWE-829'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *action(action, { policies }) {
    for (const step of action.steps) {
      const { uses } = step
      if (uses?.kind !== 'repository' || isCommit(uses.ref) || policyFor(uses.action, policies.pins) !== 'commit') continue
      yield {
        at: uses.node,
        message: `Whoever pins this action still runs whatever \`${uses.text}\` is at the time.`,
        level: action.folder === '' ? 'default' : 'strict',
      }
    }
    const image = scalarOf(action.runs, 'image')
    if (image?.value.startsWith('docker://') && !image.value.includes('@sha256:'))
      yield { at: image, message: 'Whoever pins this action still runs whatever image its tag names at the time.' }
  },
})
