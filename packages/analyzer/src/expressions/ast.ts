/* Syntax tree of a GitHub expression. Offsets are into the text that was parsed. */
import type { Range } from '../source.ts'

export type Expression = Literal | Name | Property | Index | Star | Call | Not | Binary | Group

export interface Literal extends Range {
  readonly type: 'literal'
  readonly value: string | number | boolean | null
}
/** A context such as `github`. */
export interface Name extends Range {
  readonly type: 'name'
  readonly name: string
}
export interface Property extends Range {
  readonly type: 'property'
  readonly object: Expression
  readonly name: string
}
export interface Index extends Range {
  readonly type: 'index'
  readonly object: Expression
  readonly index: Expression
}
/** `.*` or `[*]`. */
export interface Star extends Range {
  readonly type: 'star'
  readonly object: Expression
}
export interface Call extends Range {
  readonly type: 'call'
  readonly name: string
  readonly args: readonly Expression[]
}
export interface Not extends Range {
  readonly type: 'not'
  readonly operand: Expression
}
export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||'
export interface Binary extends Range {
  readonly type: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}
export interface Group extends Range {
  readonly type: 'group'
  readonly inner: Expression
}

/** The expression without the brackets around it. */
export function unwrap(expression: Expression): Expression {
  let inner = expression
  while (inner.type === 'group') inner = inner.inner
  return inner
}

/** The parts directly below an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case 'property':
    case 'star':
      return [expression.object]
    case 'index':
      return [expression.object, expression.index]
    case 'call':
      return expression.args
    case 'not':
      return [expression.operand]
    case 'binary':
      return [expression.left, expression.right]
    case 'group':
      return [expression.inner]
    default:
      return []
  }
}

const walked = new WeakMap<Expression, readonly Expression[]>()

/** An expression and everything below it, from the outside in. Remembered, since a dozen rules look at every expression. */
export function walk(expression: Expression): readonly Expression[] {
  let parts = walked.get(expression)
  if (!parts) {
    const list: Expression[] = []
    collect(expression, list)
    parts = list
    walked.set(expression, parts)
  }
  return parts
}

function collect(expression: Expression, into: Expression[]): void {
  into.push(expression)
  for (const part of partsOf(expression)) collect(part, into)
}

/**
 * The path of a context reference in lower case, such as `['github', 'event', 'issue', 'title']`. An index that is text is a name,
 * any other index and an object filter are `*`. Undefined for what is no reference.
 */
export function pathOf(expression: Expression): string[] | undefined {
  switch (expression.type) {
    case 'name':
      return [expression.name.toLowerCase()]
    case 'property': {
      const path = pathOf(expression.object)
      path?.push(expression.name.toLowerCase())
      return path
    }
    case 'star': {
      const path = pathOf(expression.object)
      path?.push('*')
      return path
    }
    case 'index': {
      const path = pathOf(expression.object)
      const index = unwrap(expression.index)
      path?.push(index.type === 'literal' && typeof index.value === 'string' ? index.value.toLowerCase() : '*')
      return path
    }
    case 'group':
      return pathOf(expression.inner)
    default:
      return undefined
  }
}

const referenced = new WeakMap<Expression, readonly Expression[]>()

/** Longest context references in an expression, in order: `github.event.issue.title`, not its beginnings. */
export function references(expression: Expression): readonly Expression[] {
  let found = referenced.get(expression)
  if (!found) {
    found = [...findReferences(expression)]
    referenced.set(expression, found)
  }
  return found
}

function* findReferences(expression: Expression): Generator<Expression> {
  const inner = unwrap(expression)
  if (inner.type === 'name' || inner.type === 'property' || inner.type === 'index' || inner.type === 'star') {
    if (pathOf(inner)) yield inner
    // What stands inside an index is a reference of its own.
    for (let at: Expression = inner; at.type === 'property' || at.type === 'index' || at.type === 'star' || at.type === 'group';) {
      if (at.type === 'index') yield* findReferences(at.index)
      at = at.type === 'group' ? at.inner : at.object
      if (at.type === 'call') yield* findReferences(at)
    }
    return
  }
  for (const part of partsOf(inner)) yield* findReferences(part)
}
