import { pathOf, unwrap, walk } from '../../expressions/ast.ts'
import { rangeIn } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const unsoundContains = defineRule({
  id: 'unsound-contains',
  title: '`contains` finds parts of words',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['C4'],
  cwe: ['CWE-697'],
  cicd: ['CICD-SEC-1'],
  fix: 'none',

  *expression(place) {
    const { embedded, role } = place
    if (!embedded.expression || role !== 'if') return
    for (const part of walk(embedded.expression)) {
      if (part.type !== 'call' || part.name.toLowerCase() !== 'contains') continue
      const [where, what] = part.args
      const list = where && unwrap(where)
      const path = what && pathOf(unwrap(what))
      if (list?.type !== 'literal' || typeof list.value !== 'string' || !path) continue
      const name = path.join('.')
      const controlled = CONTROLLED.test(name)
      yield {
        at: rangeIn(place, part),
        severity: controlled ? 'medium' : 'info',
        level: controlled ? 'default' : 'strict',
        message: `\`contains\` looks for \`${name}\` anywhere in the text, so every part of \`${list.value.slice(0, 60)}\` passes, the empty text included.`,
      }
    }
  },
})

/** Values that somebody chooses who should not pass. */
const CONTROLLED = /^github\.(?:actor|triggering_actor|head_ref|base_ref|ref|ref_name|event\..*)$|^env\.|^inputs\./
