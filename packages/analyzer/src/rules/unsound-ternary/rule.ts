import { unwrap, walk } from '../../expressions/ast.ts'
import { evaluate, isTruthy, looseEquals, toText } from '../../expressions/evaluate.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const unsoundTernary = defineRule({
  id: 'unsound-ternary',
  title: '`a && b || c` yields `c` when `b` is empty',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['C5'],
  cwe: ['CWE-697'],
  cicd: ['CICD-SEC-1'],
  fix: 'none',

  *expression(place) {
    const { embedded } = place
    if (!embedded.expression) return
    for (const part of walk(embedded.expression)) {
      if (part.type !== 'binary' || part.operator !== '||') continue
      const left = unwrap(part.left)
      if (left.type !== 'binary' || left.operator !== '&&') continue
      const middle = evaluate(left.right)
      if (middle === undefined || isTruthy(middle)) continue
      const other = evaluate(part.right)
      // `x && false || false` is silly and harmless.
      if (other !== undefined && looseEquals(other, middle)) continue
      yield {
        at: rangeIn(place, part),
        message: `The middle part is ${middle === '' ? 'empty' : `\`${toText(middle)}\``} and so never the result; this always yields the last part.`,
      }
    }
  },
})
