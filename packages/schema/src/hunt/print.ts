/* The canonical text of a hunt: parsing it gives the same tree, and equal trees have equal texts. */
import type { HuntExpression, HuntTerm, Pattern } from './language.ts'
import { momentText } from './moment.ts'

export function printHunt(expression: HuntExpression): string {
  switch (expression.type) {
    case 'and':
      return expression.items
        .map((item) => (item.type === 'or' || item.type === 'and' ? `(${printHunt(item)})` : printHunt(item)))
        .join(' and ')
    case 'or':
      return expression.items.map((item) => (item.type === 'or' ? `(${printHunt(item)})` : printHunt(item))).join(' or ')
    case 'not': {
      const { item } = expression
      return item.type === 'and' || item.type === 'or' ? `not (${printHunt(item)})` : `not ${printHunt(item)}`
    }
    default:
      return printTerm(expression)
  }
}

function printTerm(term: HuntTerm): string {
  switch (term.type) {
    case 'text':
      return `${term.field}:${printPattern(term.field === 'argv' ? trimmed(term.pattern) : term.pattern)}`
    case 'kind':
      return `kind:${term.kind}`
    case 'ip':
      return `ip:${term.text}`
    case 'port':
      return `port:${term.low === term.high ? term.low : `${term.low}-${term.high}`}`
    case 'step':
      return `step:${typeof term.step === 'number' ? term.step : printPattern(term.step)}`
    case 'since':
    case 'until':
      return `${term.type}:${momentText(term.time)}`
  }
}

/** Without the gaps at both ends that parsing adds to a command line. */
function trimmed(pattern: Pattern): Pattern {
  return pattern.slice(1, -1)
}

function printPattern(pattern: Pattern): string {
  const bare = /^[^\s()"\\*]*$/
  const quoted = !pattern.every((piece) => bare.test(piece))
  const text = pattern.map((piece) => piece.replaceAll(/[\\"*]/g, '\\$&')).join('*')
  return quoted ? `"${text}"` : text
}
