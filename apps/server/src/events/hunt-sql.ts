/*
 * A hunt as SQL. Values travel as bound parameters only; the text is put together from the constants below. Every subquery names the
 * organization itself.
 */
import { EVENT_KINDS, type EventKind } from '@gatehouse/schema'
import type { HuntExpression, HuntTerm, Pattern, TextField } from '@gatehouse/schema/hunt'
import { SIGHTING } from './ddl.ts'

/** Parameters of one statement. Equal values share one, because parameters travel in the address of a request. */
export interface Binder {
  readonly params: Record<string, unknown>
  readonly bind: (type: 'String' | 'Int64' | 'UInt16', value: string | number) => string
}

export interface HuntPlan {
  /** `sightings` when the roll-up alone knows the answer. */
  readonly source: 'sightings' | 'events'
  /** Rows (job, step, f, l, c): where it was seen, first and last, how often. */
  readonly hits: string
  /** Condition on a row of events. */
  readonly where: string
}

/** Names of tables and the binder, for one statement. */
export interface HuntScope extends Binder {
  readonly database: string
}

export function binder(org: number): Binder {
  const params: Record<string, unknown> = { org }
  const names = new Map<string, string>()
  return {
    params,
    bind(type, value) {
      const key = `${type} ${value}`
      const name = names.get(key) ?? `p${names.size}`
      names.set(key, name)
      params[name] = value
      return `{${name}:${type}}`
    },
  }
}

/** How to find every place that the expression is true of. */
export function planHunt(scope: HuntScope, expression: HuntExpression): HuntPlan {
  const where = eventsWhere(scope, expression)
  const sightings = fromSightings(scope, expression)
  if (sightings !== undefined) return { source: 'sightings', hits: sightings, where }
  // A row may be there twice until parts merge; counting distinct seqs is cheaper than merging while reading.
  const hits = `SELECT job, step, min(ts) AS f, max(ts) AS l, uniqExact(seq) AS c FROM ${scope.database}.events WHERE ${where} GROUP BY job, step`
  return { source: 'events', hits, where }
}

const ORG = 'org = {org:UInt32}'

function eventsWhere(scope: HuntScope, expression: HuntExpression): string {
  const kinds = kindsOf(expression).map(numberOf)
  const jobs = jobsOf(scope, expression)
  return `${ORG} AND kind IN (${[0, ...kinds].join(',')})${jobs === undefined ? '' : ` AND ${jobs}`} AND ${onEvents(scope, expression)}`
}

/** The expression as a condition on events. Never NULL, so that `not` means what it says. */
function onEvents(scope: HuntScope, expression: HuntExpression): string {
  switch (expression.type) {
    case 'and':
    case 'or':
      return `(${expression.items.map((item) => onEvents(scope, item)).join(expression.type === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `NOT (${onEvents(scope, expression.item)})`
    default:
      return termOnEvents(scope, expression)
  }
}

function termOnEvents(scope: HuntScope, term: HuntTerm): string {
  switch (term.type) {
    case 'text':
      return textOnEvents(scope, term.field, term.pattern)
    case 'kind':
      return `kind = ${numberOf(term.kind)}`
    case 'ip':
      return inRange(scope, 'ip', term)
    case 'port':
      return `(port >= ${scope.bind('UInt16', term.low)} AND port <= ${scope.bind('UInt16', term.high)})`
    case 'step':
      if (typeof term.step === 'number') return `step = ${scope.bind('UInt16', term.step)}`
      return stepsWith(scope, SIGHTING.step, term.step)
    case 'since':
      return `ts >= fromUnixTimestamp64Micro(${scope.bind('Int64', term.time)}, 'UTC')`
    case 'until':
      return `ts < fromUnixTimestamp64Micro(${scope.bind('Int64', term.time)}, 'UTC')`
  }
}

function textOnEvents(scope: HuntScope, field: TextField, pattern: Pattern): string {
  const at = (column: string): string => matches(scope, column, pattern)
  switch (field) {
    case 'domain':
      return `(kind IN (3,4,5) AND ${at('lower(domain)')})`
    case 'host':
      return `(kind = 5 AND ${at('lower(domain)')})`
    case 'path': {
      // The other name of a rename or link is in the JSON; text that cannot hold one is not parsed.
      const other = `(kind = 2 AND position(detail, '"to":') > 0 AND ${at(`JSONExtractString(detail, 'to')`)})`
      return `((kind IN (2,6) AND ${at('path')}) OR ${other})`
    }
    case 'url':
      return `(kind = 5 AND ${at('concat(domain, path)')})`
    case 'argv':
      return `(kind = 1 AND ${at(`arrayStringConcat(argv, ' ')`)})`
    case 'exe':
      return at('exe')
    case 'sha256':
      return `(kind = 1 AND ${at('lower(sha256)')})`
    case 'op':
      return at('op')
    case 'verdict':
      return `(kind = 3 AND ${at('verdict')})`
    case 'action':
    case 'detection':
      return stepsWith(scope, SIGHTING[field], pattern)
    case 'job':
      return `(${at('toString(job)')} OR ${jobsWith(scope, 'name', pattern)})`
    case 'run':
      return jobsWith(scope, 'toString(run)', pattern)
    case 'repository':
      return jobsWith(scope, 'lower(repository)', pattern)
    case 'workflow':
      return jobsWith(scope, 'workflow', pattern)
  }
}

/** Text that is there and fits the pattern. Empty text is a field that the event does not have. */
function matches(scope: HuntScope, column: string, pattern: Pattern): string {
  const [first = '', ...rest] = pattern
  if (rest.length === 0) return `${column} = ${scope.bind('String', first)}`
  if (pattern.every((piece) => piece === '')) return `${column} != ''`
  return `${column} LIKE ${scope.bind('String', pattern.map((piece) => piece.replaceAll(/[\\%_]/g, '\\$&')).join('%'))}`
}

function inRange(scope: HuntScope, column: string, { low, high }: { readonly low: string; readonly high: string }): string {
  const address = (hex: string): string => `toIPv6(${scope.bind('String', hex.replaceAll(/(.{4})(?=.)/g, '$1:'))})`
  return `ifNull(toIPv6OrNull(toString(${column})) >= ${address(low)} AND toIPv6OrNull(toString(${column})) <= ${address(high)}, 0)`
}

function stepsWith(scope: HuntScope, type: number, pattern: Pattern): string {
  return `(job, step) IN (SELECT job, step FROM ${scope.database}.sightings WHERE ${ORG} AND type = ${type} AND ${matches(scope, 'value', pattern)})`
}

function jobsWith(scope: HuntScope, column: string, pattern: Pattern): string {
  return `job IN (SELECT job FROM ${scope.database}.jobs WHERE ${ORG} AND ${matches(scope, column, pattern)})`
}

/** The type of sightings that knows every place a term is true of, with its condition on their value. */
function sightingOf(scope: HuntScope, term: HuntTerm): { readonly type: number; readonly condition: string } | undefined {
  if (term.type === 'ip') {
    const exact = term.low === term.high ? matches(scope, 'value', [term.text]) : inRange(scope, 'value', term)
    return { type: SIGHTING.ip, condition: exact }
  }
  if (term.type === 'step' && typeof term.step !== 'number') return { type: SIGHTING.step, condition: matches(scope, 'value', term.step) }
  if (term.type !== 'text' || !Object.hasOwn(SIGHTING, term.field)) return undefined
  // Safe: checked in the line above.
  return { type: SIGHTING[term.field as keyof typeof SIGHTING], condition: matches(scope, 'value', term.pattern) }
}

/** A condition on `job` that holds wherever the expression does: it lets most of the table be skipped. */
function jobsOf(scope: HuntScope, expression: HuntExpression): string | undefined {
  switch (expression.type) {
    case 'and': {
      const parts = expression.items.flatMap((item) => jobsOf(scope, item) ?? [])
      return parts.length === 0 ? undefined : `(${parts.join(' AND ')})`
    }
    case 'or': {
      const parts = expression.items.map((item) => jobsOf(scope, item))
      return parts.includes(undefined) ? undefined : `(${parts.join(' OR ')})`
    }
    case 'not':
      return undefined
    default: {
      if (isOfJob(expression)) return termOnEvents(scope, expression)
      const sighting = sightingOf(scope, expression)
      if (sighting === undefined) return undefined
      return `job IN (SELECT job FROM ${scope.database}.sightings WHERE ${ORG} AND type = ${sighting.type} AND ${sighting.condition})`
    }
  }
}

/** The hits from the roll-up, when the query is about values of one sort, narrowed at most by job and step. */
function fromSightings(scope: HuntScope, expression: HuntExpression): string | undefined {
  const parts = expression.type === 'and' ? expression.items : [expression]
  const values = parts.filter((part) => !isOfStep(part))
  const places = parts.filter(isOfStep)
  // With nothing but conditions on steps, all their events are meant; each is counted under its executable.
  const found = values.length === 0 ? [{ type: SIGHTING.exe, condition: '1' }] : values.map((part) => valueCondition(scope, part))
  const type = found[0]?.type
  // One event has one value of a sort, so two conditions on it must hold of the same row.
  if (type === undefined || !found.every((one) => one?.type === type)) return undefined
  const conditions = [...found.map((one) => one?.condition), ...places.map((part) => onEvents(scope, part))]
  return `SELECT job, step, min(first) AS f, max(last) AS l, sum(n) AS c FROM ${scope.database}.sightings
    WHERE ${ORG} AND type = ${type} AND ${conditions.join(' AND ')} GROUP BY job, step`
}

function valueCondition(scope: HuntScope, expression: HuntExpression): { readonly type: number; readonly condition: string } | undefined {
  if (isTerm(expression)) return sightingOf(scope, expression)
  // `not domain:a` is also true of events without a name, which have no sighting.
  if (expression.type === 'not') return undefined
  const parts = expression.items.map((item) => valueCondition(scope, item))
  const type = parts[0]?.type
  if (type === undefined || !parts.every((part) => part?.type === type)) return undefined
  return { type, condition: `(${parts.map((part) => part?.condition).join(expression.type === 'and' ? ' AND ' : ' OR ')})` }
}

/** True of all events of a job or of none. */
function isOfJob(term: HuntTerm): boolean {
  return term.type === 'text' && ['job', 'run', 'repository', 'workflow'].includes(term.field)
}

/** True of all events of a step or of none. */
function isOfStep(expression: HuntExpression): boolean {
  if (expression.type === 'not') return isOfStep(expression.item)
  if (expression.type === 'and' || expression.type === 'or') return expression.items.every(isOfStep)
  if (expression.type === 'text') return isOfJob(expression) || expression.field === 'action' || expression.field === 'detection'
  return expression.type === 'step'
}

function isTerm(expression: HuntExpression): expression is HuntTerm {
  return expression.type !== 'and' && expression.type !== 'or' && expression.type !== 'not'
}

/** Kinds of events of which the expression can be true. */
function kindsOf(expression: HuntExpression): readonly EventKind[] {
  switch (expression.type) {
    case 'and':
      return EVENT_KINDS.filter((kind) => expression.items.every((item) => kindsOf(item).includes(kind)))
    case 'or':
      return EVENT_KINDS.filter((kind) => expression.items.some((item) => kindsOf(item).includes(kind)))
    case 'kind':
      return [expression.kind]
    case 'ip':
    case 'port':
      return ['network', 'dns', 'http']
    case 'text':
      return KINDS_OF_FIELD[expression.field] ?? EVENT_KINDS
    default:
      return EVENT_KINDS
  }
}

const KINDS_OF_FIELD: Readonly<Partial<Record<TextField, readonly EventKind[]>>> = {
  domain: ['network', 'dns', 'http'],
  host: ['http'],
  path: ['file', 'memory'],
  url: ['http'],
  argv: ['process'],
  sha256: ['process'],
  verdict: ['network'],
}

function numberOf(kind: EventKind): number {
  return EVENT_KINDS.indexOf(kind) + 1
}
