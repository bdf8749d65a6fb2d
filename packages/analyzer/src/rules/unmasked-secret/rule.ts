import { pathOf, references, walk } from '../../expressions/ast.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const unmaskedSecret = defineRule({
  id: 'unmasked-secret',
  title: 'A part of a secret is not masked',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D9'],
  cwe: ['CWE-532'],
  cicd: ['CICD-SEC-6'],
  fix: 'none',

  *expression(place) {
    const { expression } = place.embedded
    if (!expression) return
    for (const part of walk(expression)) {
      if (part.type !== 'call' || part.name.toLowerCase() !== 'fromjson') continue
      const inside = part.args.flatMap((arg) => references(arg)).find((reference) => pathOf(reference)?.[0] === 'secrets')
      if (inside)
        yield {
          at: rangeIn(place, part),
          message: 'The log masks the secret as a whole; a part taken out of its JSON is not known to the mask and shows in clear.',
        }
    }
  },
})
