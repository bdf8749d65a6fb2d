/* A hunt answered in memory, for one event: for events as they come, and the oracle of the SQL that the server makes. */
import type { Event } from '../event.ts'
import type { ActionRef } from '../job.ts'
import { addressHex, parseAddress } from './address.ts'
import { foldCase, type HuntExpression, type HuntTerm, type Pattern, type TextField } from './language.ts'

/** What is known of an event's job and step; absent things match nothing. */
export interface HuntContext {
  readonly job: string
  readonly run?: string
  readonly repository?: string
  readonly workflow?: string
  readonly jobName?: string
  /** Name and action of the event's step. */
  readonly stepName?: string
  readonly action?: ActionRef
  /** Ids of the detections that fired in the event's step. */
  readonly detections: readonly string[]
}

/** Whether the event, in its context, is one the query asks for. */
export function matchHunt(expression: HuntExpression, event: Event, context: HuntContext): boolean {
  switch (expression.type) {
    case 'and':
      return expression.items.every((item) => matchHunt(item, event, context))
    case 'or':
      return expression.items.some((item) => matchHunt(item, event, context))
    case 'not':
      return !matchHunt(expression.item, event, context)
    default:
      return matchTerm(expression, event, context)
  }
}

function matchTerm(term: HuntTerm, event: Event, context: HuntContext): boolean {
  switch (term.type) {
    case 'text':
      return valuesOf(term.field, event, context).some((value) => value !== '' && matchPattern(term.pattern, value))
    case 'kind':
      return event.kind === term.kind
    case 'ip': {
      const address = parseAddress(addressOf(event) ?? '')
      if (address === undefined) return false
      const hex = addressHex(address)
      return hex >= term.low && hex <= term.high
    }
    case 'port': {
      const port = 'port' in event ? (event.port ?? 0) : 0
      return port >= term.low && port <= term.high
    }
    case 'step':
      if (typeof term.step === 'number') return event.step === term.step
      return context.stepName !== undefined && matchPattern(term.step, context.stepName)
    case 'since':
      return event.time >= term.time
    case 'until':
      return event.time < term.time
  }
}

function valuesOf(field: TextField, event: Event, context: HuntContext): readonly string[] {
  switch (field) {
    case 'domain':
      if (event.kind === 'network') return some(event.domain).map(foldCase)
      if (event.kind === 'dns') return [foldCase(event.name)]
      return event.kind === 'http' ? [foldCase(event.host)] : []
    case 'host':
      return event.kind === 'http' ? [foldCase(event.host)] : []
    case 'path':
      if (event.kind === 'file') return [event.path, ...some(event.to)]
      return event.kind === 'memory' ? some(event.path) : []
    case 'url':
      return event.kind === 'http' ? [event.host + event.path] : []
    case 'argv':
      return event.kind === 'process' ? some(event.argv?.join(' ')) : []
    case 'exe':
      return [event.exe]
    case 'sha256':
      return event.kind === 'process' ? some(event.sha256).map(foldCase) : []
    case 'op':
      return [event.op]
    case 'verdict':
      return event.kind === 'network' ? [event.verdict] : []
    case 'action':
      return context.action === undefined ? [] : actionForms(context.action)
    case 'repository':
      return some(context.repository).map(foldCase)
    case 'workflow':
      return some(context.workflow)
    case 'job':
      return [context.job, ...some(context.jobName)]
    case 'run':
      return some(context.run)
    case 'detection':
      return context.detections
  }
}

/** The ways in which an action may be asked for: with its ref, with its path and ref, and without a ref. */
export function actionForms({ repository, path, ref }: ActionRef): readonly string[] {
  const name = foldCase(repository)
  const long = path === undefined || path === '' ? name : `${name}/${foldCase(path)}`
  return [...new Set([`${long}@${ref}`, long, `${name}@${ref}`, name])]
}

/** Whether the whole value is the pieces of the pattern in order with anything between them. */
export function matchPattern(pattern: Pattern, value: string): boolean {
  const [first = '', ...rest] = pattern
  if (rest.length === 0) return value === first
  const last = rest.pop() ?? ''
  if (!value.startsWith(first)) return false
  let at = first.length
  for (const piece of rest) {
    const found = value.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return value.length - last.length >= at && value.endsWith(last)
}

function addressOf(event: Event): string | undefined {
  if (event.kind === 'network' || event.kind === 'http') return event.ip
  return event.kind === 'dns' ? event.server : undefined
}

function some(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value]
}
