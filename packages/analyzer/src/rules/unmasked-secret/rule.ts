import { unwrap, walk, type Expression } from '../../expressions/ast.ts'
import { secretsIn } from '../../flow/secrets.ts'
import { rangeIn, rangeOf } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const unmaskedSecret = defineRule({
  id: 'unmasked-secret',
  title: 'A part of a secret is not masked in the log',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D9'],
  cwe: ['CWE-532', 'CWE-200'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552'],
  fix: 'none',

  *expression(place) {
    const { expression } = place.embedded
    if (!expression) return
    for (const part of walk(expression)) {
      const source = fieldOfSecret(part)
      if (!source) continue
      const [secret] = secretsIn(source)
      yield {
        at: rangeOf(place),
        message: `The runner masks \`${secret?.name ?? 'the secret'}\` as a whole; the field taken out of it is another text, which the log shows.`,
        trace: [
          { role: 'source', message: 'the secret is JSON', file: place.unit.file, range: rangeIn(place, source) },
          { role: 'sink', message: 'a field of it is used, unknown to the mask', file: place.unit.file, range: rangeIn(place, part) },
        ],
      }
      return
    }
  },
})

/** The `fromJSON(…)` of a secret of which this takes a member; undefined for anything else. */
function fieldOfSecret(part: Expression): Expression | undefined {
  if (part.type !== 'property' && part.type !== 'index' && part.type !== 'star') return undefined
  let object = unwrap(part.object)
  while (object.type === 'property' || object.type === 'index' || object.type === 'star') object = unwrap(object.object)
  if (object.type !== 'call' || object.name.toLowerCase() !== 'fromjson') return undefined
  return secretsIn(object).length > 0 ? object : undefined
}
