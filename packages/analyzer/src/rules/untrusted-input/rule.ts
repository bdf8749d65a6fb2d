import { CODE_INPUTS } from '../../data/actions.ts'
import { contributions } from '../../expressions/contexts.ts'
import { flowsInto, scopeOf } from '../../flow/taint.ts'
import { rangeOf } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const untrustedInput = defineRule({
  id: 'untrusted-input',
  title: 'Outside text is handed to an action',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A8'],
  cwe: ['CWE-20'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *expression(place) {
    const { embedded, role, key, step, job } = place
    if (!embedded.expression) return
    // Code inputs have a rule of their own; `env` is where such values belong.
    const group = role === 'other' && key === 'concurrency'
    if (!group && role !== 'with' && role !== 'output' && !(role === 'other' && (step || key === 'name'))) return
    if (role === 'with' && CODE_INPUTS.get(step?.uses?.action ?? '')?.includes(key.toLowerCase())) return
    const flow = flowsInto(embedded.expression, place.scalar, scopeOf(place)).find(
      (flow) => flow.trust === 'outsider' || flow.trust === 'caller' || flow.kind === 'input' || group,
    )
    if (!flow) {
      const name = contributions(embedded.expression)
        .map((one) => one.path.join('.'))
        .find((path) => /^(?:steps|needs)\.[^.]+\.outputs\./.test(path))
      if (name !== undefined && (role === 'with' || role === 'output'))
        yield {
          at: rangeOf(place),
          confidence: 'low',
          message: `\`${name}\` is handed to \`${step?.uses?.text ?? job?.uses?.text ?? key}\`; where its value comes from is not known here.`,
        }
      return
    }
    yield {
      at: rangeOf(place),
      confidence: 'low',
      severity: group && flow.trust === 'outsider' ? 'low' : 'info',
      message: group
        ? `\`${flow.source}\` is part of the concurrency group, so whoever chooses it can make runs cancel each other or wait.`
        : `\`${flow.source}\` is handed to \`${step?.uses?.text ?? job?.uses?.text ?? key}\`; what becomes of it there is not known.`,
      trace: [...flow.trace, { role: 'sink', message: `the input \`${key}\``, file: place.unit.file, range: rangeOf(place) }],
    }
  },
})
