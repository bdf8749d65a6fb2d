import { references, unwrap } from '../../expressions/ast.ts'
import { evaluate } from '../../expressions/evaluate.ts'
import { replaceScalar } from '../../fix/edit.ts'
import { rangeOf } from '../../model/places.ts'
import { defineRule } from '../../rule.ts'

export const obfuscation = defineRule({
  id: 'obfuscation',
  title: 'Something is written so that it is hard to recognise',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F3'],
  cwe: ['CWE-506'],
  cicd: ['CICD-SEC-8'],
  fix: 'safe',

  *uses(uses, place) {
    if (uses.kind !== 'repository') return
    const name = uses.text.split('@')[0] ?? ''
    const plain = name.split('/').filter((part) => part !== '' && part !== '.')
    if (!plain.includes('..') && plain.join('/') === name) return
    if (plain.includes('..')) {
      yield { at: uses.node, severity: 'medium', message: `\`${name}\` hides which action it is behind \`..\`.` }
      return
    }
    const text = `${plain.join('/')}${uses.ref === '' ? '' : `@${uses.ref}`}`
    yield {
      at: uses.node,
      message: `\`${name}\` is \`${plain.join('/')}\`, written so that a search does not find it.`,
      fix: () =>
        uses.node.style === 'plain'
          ? { safety: 'safe', title: `Write \`${text}\``, edits: replaceScalar(uses.node, text) }
          : { refused: 'The value is quoted.' },
    }
    void place
  },
  *expression(place) {
    const { expression } = place.embedded
    if (!expression || place.role === 'if' || expression.type === 'literal') return
    if (references(expression).length > 0) return
    const value = evaluate(expression)
    if (value === undefined || typeof value === 'object') return
    // `format` and `join` of constants are what hides a word; `true` and numbers are clumsy, not hidden.
    if (typeof value === 'string' && unwrap(expression).type === 'call')
      yield { at: rangeOf(place), message: `This is always \`${value.slice(0, 80)}\`; written out, a search would find it.` }
  },
})
