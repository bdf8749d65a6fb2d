/*
 * Evaluates expressions in a world that is only partly known. Unknown values stay unknown, and logic is three-valued, so the result
 * says whether a condition is true, false or open whatever the unknown parts are.
 */
import { pathOf, type Expression, unwrap } from './ast.ts'

/** Values as GitHub has them; `undefined` is "not known". */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap
export interface ValueMap {
  readonly [key: string]: Value
}
export type Known = Value | undefined

/** What is known of the contexts: the value of a path, such as `github.event_name`; undefined when it is not known. */
export type World = (path: readonly string[], expression: Expression) => Known

/** A text that no other value equals, known or not: the login of a stranger, the name of somebody's fork. */
export const FRESH = '\u0000fresh'

const NOTHING_KNOWN: World = () => undefined

/** Value of an expression; undefined when it depends on something unknown. Functions of the run (`success()`, `hashFiles`) are unknown. */
export function evaluate(expression: Expression, world: World = NOTHING_KNOWN): Known {
  switch (expression.type) {
    case 'literal':
      return expression.value
    case 'group':
      return evaluate(expression.inner, world)
    case 'not': {
      const truth = truthOf(expression.operand, world)
      return truth === undefined ? undefined : !truth
    }
    case 'name':
    case 'property':
    case 'star':
    case 'index': {
      const path = pathOf(expression)
      if (path) {
        const known = world(path, expression)
        if (known !== undefined) return known
      }
      return lookUp(expression, world)
    }
    case 'call':
      return callFunction(expression.name.toLowerCase(), expression.args, world)
    case 'binary':
      return evaluateBinary(expression.operator, expression.left, expression.right, world)
  }
}

/** Whether a condition holds; undefined when that is open. */
export function truthOf(expression: Expression, world: World = NOTHING_KNOWN): boolean | undefined {
  const inner = unwrap(expression)
  // Logic is looked into even when operands are unknown: `x && false` is false for every x.
  if (inner.type === 'binary' && (inner.operator === '&&' || inner.operator === '||')) {
    const left = truthOf(inner.left, world)
    if (inner.operator === '&&') {
      if (left === false) return false
      const right = truthOf(inner.right, world)
      if (right === false) return false
      return left === true && right === true ? true : undefined
    }
    if (left === true) return true
    const right = truthOf(inner.right, world)
    if (right === true) return true
    return left === false && right === false ? false : undefined
  }
  const value = evaluate(inner, world)
  return value === undefined ? undefined : isTruthy(value)
}

export function isTruthy(value: Value): boolean {
  return !(value === false || value === null || value === '' || value === 0 || (typeof value === 'number' && Number.isNaN(value)))
}

function evaluateBinary(operator: string, left: Expression, right: Expression, world: World): Known {
  if (operator === '&&') {
    const first = evaluate(left, world)
    if (first === undefined) return undefined
    return isTruthy(first) ? evaluate(right, world) : first
  }
  if (operator === '||') {
    const first = evaluate(left, world)
    if (first === undefined) return undefined
    return isTruthy(first) ? first : evaluate(right, world)
  }
  const a = evaluate(left, world)
  const b = evaluate(right, world)
  if (a === undefined || b === undefined) {
    // A stranger's name differs from every value that was chosen without knowing it.
    if ((a === FRESH || b === FRESH) && (operator === '==' || operator === '!=')) return operator === '!='
    return undefined
  }
  switch (operator) {
    case '==':
      return looseEquals(a, b)
    case '!=':
      return !looseEquals(a, b)
    case '<':
      return compare(a, b, (order) => order < 0)
    case '<=':
      return compare(a, b, (order) => order <= 0)
    case '>':
      return compare(a, b, (order) => order > 0)
    default:
      return compare(a, b, (order) => order >= 0)
  }
}

/** GitHub's loose equality: text without case, other types by number; collections are equal only to themselves. */
export function looseEquals(a: Value, b: Value): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase()
  if (isCollection(a) || isCollection(b)) return Object.is(a, b)
  if (typeof a === typeof b) return a === b
  return toNumber(a) === toNumber(b)
}

function isCollection(value: Value): boolean {
  return typeof value === 'object' && value !== null
}

function compare(a: Value, b: Value, holds: (order: number) => boolean): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    const [x, y] = [a.toUpperCase(), b.toUpperCase()]
    return holds(x < y ? -1 : x > y ? 1 : 0)
  }
  const [x, y] = [toNumber(a), toNumber(b)]
  if (Number.isNaN(x) || Number.isNaN(y)) return false
  return holds(x - y || 0)
}

function toNumber(value: Value): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return value
  if (typeof value === 'string') {
    const text = value.trim()
    return text === '' ? 0 : Number(text)
  }
  return Number.NaN
}

/** A value as text, as `format` and interpolation show it. */
export function toText(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'object') return Array.isArray(value) ? 'Array' : 'Object'
  return String(value)
}

function lookUp(expression: Expression, world: World): Known {
  if (expression.type === 'property' || expression.type === 'index') {
    const object = evaluate(expression.object, world)
    if (object === undefined) return undefined
    const key = expression.type === 'property' ? expression.name : evaluate(expression.index, world)
    if (key === undefined) return undefined
    return memberOf(object, key)
  }
  if (expression.type === 'star') {
    const object = evaluate(expression.object, world)
    if (object === undefined) return undefined
    if (Array.isArray(object)) return object
    return typeof object === 'object' && object !== null ? Object.values(object) : []
  }
  return undefined
}

function memberOf(object: Value, key: Value): Value {
  if (Array.isArray(object)) {
    const at = toNumber(key)
    return Number.isInteger(at) && at >= 0 ? (object[at] ?? null) : null
  }
  if (typeof object === 'object' && object !== null && typeof key === 'string') {
    const wanted = key.toLowerCase()
    for (const [name, value] of Object.entries(object)) if (name.toLowerCase() === wanted) return value
  }
  return null
}

function callFunction(name: string, args: readonly Expression[], world: World): Known {
  const first = args[0]
  const second = args[1]
  switch (name) {
    case 'contains': {
      if (!first || !second) return undefined
      const [where, what] = [evaluate(first, world), evaluate(second, world)]
      if (what === FRESH) return where === FRESH
      if (where === undefined || what === undefined) return undefined
      if (Array.isArray(where)) return where.some((item) => looseEquals(item, what))
      return typeof where === 'object' && where !== null ? false : toText(where).toLowerCase().includes(toText(what).toLowerCase())
    }
    case 'startswith':
    case 'endswith': {
      if (!first || !second) return undefined
      const [text, part] = [evaluate(first, world), evaluate(second, world)]
      if (text === undefined || part === undefined) return undefined
      const [whole, piece] = [toText(text).toLowerCase(), toText(part).toLowerCase()]
      return name === 'startswith' ? whole.startsWith(piece) : whole.endsWith(piece)
    }
    case 'format': {
      const values = args.map((arg) => evaluate(arg, world))
      if (values.some((value) => value === undefined)) return undefined
      const pattern = toText(values[0] ?? '')
      return pattern.replace(/\{\{|\}\}|\{(\d+)\}/g, (whole, digit: string | undefined) =>
        digit === undefined ? whole.charAt(0) : toText(values[Number(digit) + 1] ?? ''),
      )
    }
    case 'join': {
      if (!first) return undefined
      const list = evaluate(first, world)
      const separator = second ? evaluate(second, world) : ','
      if (list === undefined || separator === undefined) return undefined
      return Array.isArray(list) ? list.map(toText).join(toText(separator)) : toText(list)
    }
    case 'tojson': {
      const value = first ? evaluate(first, world) : undefined
      return value === undefined ? undefined : JSON.stringify(value, null, 2)
    }
    case 'fromjson': {
      const value = first ? evaluate(first, world) : undefined
      return typeof value === 'string' ? parseJson(value) : undefined
    }
    case 'case': {
      for (let at = 0; at + 1 < args.length; at += 2) {
        const [condition, result] = [args[at], args[at + 1]]
        if (!condition || !result) return undefined
        const truth = truthOf(condition, world)
        if (truth === undefined) return undefined
        if (truth) return evaluate(result, world)
      }
      const last = args.at(-1)
      return args.length % 2 === 1 && last ? evaluate(last, world) : null
    }
    case 'always':
      return true
    default:
      // success(), failure(), cancelled(), hashFiles(): known only while the job runs.
      return undefined
  }
}

function parseJson(text: string): Known {
  try {
    // Safe: JSON has no other values than these.
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}
