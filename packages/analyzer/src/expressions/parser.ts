/* Recursive descent over the tokens; precedence from low to high: `||`, `&&`, equality, comparison, `!`, index and call. */
import type { BinaryOperator, Expression } from './ast.ts'
import { nextToken, type Token } from './lexer.ts'

export interface ParseError {
  readonly message: string
  readonly start: number
  readonly end: number
}

export interface Parsed {
  /** Undefined when there is none, or it has an error. */
  readonly expression?: Expression
  readonly error?: ParseError
  /** Where the parser stopped: at `}}`, at the end of the text, or at the error. */
  readonly end: number
}

/** Nesting that GitHub itself allows (`ExpressionConstants.MaxDepth`). */
const DEPTH_MAX = 50
/** Longest expression that GitHub accepts (`ExpressionConstants.MaxLength`). */
const EXPRESSION_LENGTH_MAX = 21_000

/** Parses the expression that starts at `from` and ends at `}}` or the end of the text. Never throws. */
export function parseExpression(text: string, from = 0): Parsed {
  if (text.length - from > EXPRESSION_LENGTH_MAX && text.indexOf('}}', from) - from > EXPRESSION_LENGTH_MAX) {
    return {
      end: from,
      error: { message: `The expression is longer than ${EXPRESSION_LENGTH_MAX} characters.`, start: from, end: from + 1 },
    }
  }
  const parser: State = { text, token: nextToken(text, from), depth: 0, error: undefined, stopped: from }
  if (parser.token.type === 'end')
    return { end: parser.token.end, error: { message: 'The expression is empty.', start: from, end: parser.token.end } }
  const expression = parseOr(parser)
  // Asked through a function, since the compiler does not see that parsing moves the token on.
  if (!parser.error && !atEnd(parser)) fail(parser, `Unexpected "${parser.token.text}".`)
  if (parser.error) return { error: parser.error, end: parser.error.end }
  return { expression, end: parser.token.start }
}

interface State {
  readonly text: string
  token: Token
  depth: number
  error: ParseError | undefined
  /** End of the last token taken. */
  stopped: number
}

function take(state: State): Token {
  const token = state.token
  state.stopped = token.end
  state.token = nextToken(state.text, token.end)
  return token
}

function fail(state: State, message: string): Expression {
  const { start, end } = state.token
  state.error ??= { message, start, end }
  // With an `end` token every loop below stops.
  state.token = { type: 'end', text: '', start, end: start }
  return { type: 'literal', value: null, start, end: start }
}

function atEnd(state: State): boolean {
  return state.token.type === 'end'
}

function isOperator(state: State, ...operators: string[]): boolean {
  return state.token.type === 'operator' && operators.includes(state.token.text)
}

function binary(state: State, operators: readonly string[], next: (state: State) => Expression): Expression {
  let left = next(state)
  while (isOperator(state, ...operators)) {
    // Safe: the list of operators that is passed in has only operators.
    const operator = take(state).text as BinaryOperator
    const right = next(state)
    left = { type: 'binary', operator, left, right, start: left.start, end: right.end }
  }
  return left
}

function parseOr(state: State): Expression {
  if (++state.depth > DEPTH_MAX) return fail(state, `The expression has more than ${DEPTH_MAX} levels.`)
  const expression = binary(state, ['||'], parseAnd)
  state.depth--
  return expression
}
function parseAnd(state: State): Expression {
  return binary(state, ['&&'], parseEquality)
}
function parseEquality(state: State): Expression {
  return binary(state, ['==', '!='], parseComparison)
}
function parseComparison(state: State): Expression {
  return binary(state, ['<', '<=', '>', '>='], parseNot)
}
function parseNot(state: State): Expression {
  if (!isOperator(state, '!')) return parsePostfix(state)
  const { start } = take(state)
  if (++state.depth > DEPTH_MAX) return fail(state, `The expression has more than ${DEPTH_MAX} levels.`)
  const operand = parseNot(state)
  state.depth--
  return { type: 'not', operand, start, end: operand.end }
}

function parsePostfix(state: State): Expression {
  let expression = parsePrimary(state)
  // A chain of a thousand properties nests a thousand deep in the tree, so it counts as depth does.
  for (let links = 0; !state.error; links++) {
    if (links > DEPTH_MAX * 2) return fail(state, 'Too many properties in a row.')
    if (isOperator(state, '.')) {
      take(state)
      if (isOperator(state, '*')) expression = { type: 'star', object: expression, start: expression.start, end: take(state).end }
      else if (state.token.type === 'name') {
        const name = take(state)
        expression = { type: 'property', object: expression, name: name.text, start: expression.start, end: name.end }
      } else return fail(state, 'Expected a name after ".".')
    } else if (isOperator(state, '[')) {
      take(state)
      if (isOperator(state, '*')) {
        take(state)
        if (!isOperator(state, ']')) return fail(state, 'Expected "]".')
        expression = { type: 'star', object: expression, start: expression.start, end: take(state).end }
      } else {
        const index = parseOr(state)
        if (state.error) return expression
        if (!isOperator(state, ']')) return fail(state, 'Expected "]".')
        expression = { type: 'index', object: expression, index, start: expression.start, end: take(state).end }
      }
    } else break
  }
  return expression
}

function parsePrimary(state: State): Expression {
  const { token } = state
  if (token.type === 'string') {
    take(state)
    return { type: 'literal', value: token.text, start: token.start, end: token.end }
  }
  if (token.type === 'number') {
    take(state)
    return { type: 'literal', value: toNumber(token.text), start: token.start, end: token.end }
  }
  if (token.type === 'name') {
    take(state)
    const literal = LITERALS.get(token.text)
    if (literal !== undefined && !isOperator(state, '('))
      return { type: 'literal', value: literal.value, start: token.start, end: token.end }
    if (!isOperator(state, '(')) return { type: 'name', name: token.text, start: token.start, end: token.end }
    take(state)
    const args: Expression[] = []
    while (!isOperator(state, ')')) {
      args.push(parseOr(state))
      if (state.error) return { type: 'call', name: token.text, args, start: token.start, end: token.end }
      if (isOperator(state, ',')) {
        take(state)
        if (isOperator(state, ')')) return fail(state, 'Expected an argument after ",".')
      } else if (!isOperator(state, ')')) return fail(state, 'Expected ")".')
    }
    return { type: 'call', name: token.text, args, start: token.start, end: take(state).end }
  }
  if (isOperator(state, '(')) {
    take(state)
    const inner = parseOr(state)
    if (state.error) return inner
    if (!isOperator(state, ')')) return fail(state, 'Expected ")".')
    return { type: 'group', inner, start: token.start, end: take(state).end }
  }
  if (token.type === 'end') return fail(state, 'The expression ends too early.')
  if (token.text.startsWith('"') || token.text === '"') return fail(state, 'Text in expressions stands in single quotes.')
  return fail(state, token.type === 'error' ? `"${token.text.slice(0, 40)}" is not valid here.` : `Unexpected "${token.text}".`)
}

const LITERALS: ReadonlyMap<string, { readonly value: boolean | null | number }> = new Map([
  ['true', { value: true }],
  ['false', { value: false }],
  ['null', { value: null }],
  ['NaN', { value: Number.NaN }],
  ['Infinity', { value: Number.POSITIVE_INFINITY }],
])

function toNumber(text: string): number {
  return Number(text)
}
