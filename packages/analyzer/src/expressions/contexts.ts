/* The parts of an expression that can end up in its result as they are: what an injection goes through. */
import { type Expression, pathOf, unwrap } from './ast.ts'

/** A reference whose text can become part of the result. */
export interface Contribution {
  readonly reference: Expression
  readonly path: readonly string[]
  /** Whether the whole object is serialised (`toJSON(github.event)`). */
  readonly json: boolean
}

/** Functions whose result holds nothing of their arguments' text. */
const OPAQUE: ReadonlySet<string> = new Set([
  'contains',
  'startswith',
  'endswith',
  'hashfiles',
  'success',
  'failure',
  'cancelled',
  'always',
])

/**
 * References whose value can flow into the result. `a && b` yields `b` (when it yields `a`, that is falsy and so harmless), comparisons
 * and tests yield a boolean, an index decides which value is taken but is not itself in it.
 */
export function contributions(expression: Expression, json = false): Contribution[] {
  const inner = unwrap(expression)
  switch (inner.type) {
    case 'name':
    case 'property':
    case 'index':
    case 'star': {
      const path = pathOf(inner)
      if (path) return [{ reference: inner, path, json }]
      // Something like `fromJSON(x).y`: it holds what x holds.
      return inner.type === 'name' ? [] : contributions(inner.object, json)
    }
    case 'binary':
      if (inner.operator === '||') return [...contributions(inner.left, json), ...contributions(inner.right, json)]
      return inner.operator === '&&' ? contributions(inner.right, json) : []
    case 'call': {
      const name = inner.name.toLowerCase()
      if (OPAQUE.has(name)) return []
      if (name === 'case')
        return inner.args.flatMap((arg, at) => (at % 2 === 1 || at === inner.args.length - 1 ? contributions(arg, json) : []))
      return inner.args.flatMap((arg) => contributions(arg, json || name === 'tojson'))
    }
    default:
      return []
  }
}
