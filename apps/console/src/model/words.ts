/*
 * Events in words. A sentence is a list of parts, so that machine values keep their own look, their copy button and their escaping
 * wherever the sentence is shown.
 */
import type { Event, FileEvent, NetworkEvent, Step } from '@gatehouse/schema'
import { baseName, bytes, commandLine, count, duration, endpoint } from '../format/format.ts'

export type Part = string | { readonly value: string; readonly door?: 'search' }
export type Sentence = readonly Part[]

const machine = (value: string): Part => ({ value })
const door = (value: string): Part => ({ value, door: 'search' })

/** What happened, without who did it: the caller shows step and process chain beside it. */
export function describe(event: Event): Sentence {
  switch (event.kind) {
    case 'process':
      return describeProcess(event)
    case 'file':
      return describeFile(event)
    case 'network':
      return describeNetwork(event)
    case 'dns':
      if (event.op === 'query') return ['asked DNS for ', door(event.name), ` (${event.type})`]
      return ['was told by DNS that ', door(event.name), ...answers(event)]
    case 'http':
      return [
        'requested ',
        machine(`${event.method} ${event.scheme}://${event.host}${event.path}`),
        ...(event.status === undefined ? [] : [`, answered with ${event.status}`]),
        ...(event.credential === undefined ? [] : [', sending a credential']),
      ]
    case 'memory':
      return describeMemory(event)
    case 'system':
      return ['called ', machine(event.op), ...(event.detail === undefined ? [] : [' with ', machine(event.detail)]), failed(event.result)]
    case 'loss':
      return [`The sensor lost ${count(event.count)} `, machine(event.type), ` records (${LOSS_REASONS[event.op]})`]
    default:
      return unknown(event)
  }
}

function describeNetwork(event: NetworkEvent): Sentence {
  const at = door(endpoint(event.ip, event.port))
  const host = event.domain === undefined ? [at] : [door(event.domain), ' at ', at]
  const name = event.protocol.toUpperCase()
  switch (event.op) {
    case 'connect':
      return [`opened a ${name} connection to `, ...host, outcome(event.outcome), blocked(event.verdict)]
    case 'send':
      return [`sent ${name} datagrams to `, ...host, blocked(event.verdict)]
    case 'listen':
      return [`listened on ${name} `, at]
    case 'tls':
      return [`began ${event.protocol === 'quic' ? 'QUIC' : 'TLS'} with `, ...host]
    case 'close':
      return [`closed its ${name} connection to `, ...host, transferred(event.sent, event.received)]
    default:
      return unknown(event)
  }
}

/** A server newer than this tab may send what it has no words for; the rest of the page must not suffer. */
function unknown(event: { readonly kind: string; readonly op: string }): Sentence {
  return ['did something this version of the console has no words for: ', machine(`${event.kind}.${event.op}`)]
}

const LOSS_REASONS = {
  'ring-full': 'they came faster than they could be read',
  'tracking-full': 'its tables were full',
  'spool-full': 'the disk space it may use was full',
  undecodable: 'they could not be understood',
} as const

function describeProcess(event: Extract<Event, { kind: 'process' }>): Sentence {
  switch (event.op) {
    case 'start':
      return ['started process ', machine(String(event.pid))]
    case 'exec':
      return ['ran ', machine(event.argv === undefined || event.argv.length === 0 ? event.exe : commandLine(event.argv))]
    case 'exit':
      if (event.signal !== undefined && event.signal > 0) return [`was ended by signal ${event.signal}`]
      return [event.exitCode === undefined ? 'ended' : `ended with exit code ${event.exitCode}`]
    default:
      return unknown(event)
  }
}

const FAMILY_WORDS: Readonly<Record<NonNullable<FileEvent['family']>, string>> = {
  ssh: 'an SSH key',
  cloud: 'cloud credentials',
  git: 'git credentials',
  'package-registry': 'package registry credentials',
  container: 'container registry credentials',
  shadow: 'password hashes',
  runner: 'the runner’s own secrets',
  'process-memory': 'the memory of a process',
  'process-environment': 'the environment of a process',
  other: 'a sensitive file',
}

export function familyWords(family: NonNullable<FileEvent['family']>): string {
  return FAMILY_WORDS[family]
}

const FILE_VERBS: Readonly<Record<FileEvent['op'], string>> = {
  read: 'read',
  write: 'opened for writing',
  create: 'created',
  rename: 'renamed',
  link: 'hard-linked',
  symlink: 'made a symbolic link',
  unlink: 'deleted',
  truncate: 'emptied',
  chmod: 'changed the mode of',
}

function describeFile(event: FileEvent): Sentence {
  const family = event.op === 'read' && event.family !== undefined ? ` (${FAMILY_WORDS[event.family]})` : ''
  const times = event.count !== undefined && event.count > 1 ? ` ${count(event.count)} times` : ''
  return [
    `${FILE_VERBS[event.op]} `,
    door(event.path),
    ...(event.to === undefined ? [] : [event.op === 'rename' ? ' to ' : ' as ', door(event.to)]),
    family,
    times,
    failed(event.result),
  ]
}

function describeMemory(event: Extract<Event, { kind: 'memory' }>): Sentence {
  const target = event.targetExe === undefined ? machine(`process ${event.targetPid}`) : machine(baseName(event.targetExe))
  const who: Part[] = [target, ` (pid ${event.targetPid})`]
  const size = event.result !== undefined && event.result > 0 ? `${bytes(event.result)} of ` : ''
  switch (event.op) {
    case 'open-mem':
      return [
        'opened the memory of ',
        ...who,
        ...(event.path === undefined ? [] : [' through ', machine(event.path)]),
        failed(event.result),
      ]
    case 'read':
      return [`read ${size}the memory of `, ...who, failed(event.result)]
    case 'write':
      return [`wrote ${size}into the memory of `, ...who, failed(event.result)]
    case 'ptrace':
      return ['traced ', ...who, ...(event.detail === undefined ? [] : [' with ', machine(event.detail)]), failed(event.result)]
    case 'take-fd':
      return ['took a file descriptor of ', ...who, failed(event.result)]
    default:
      return unknown(event)
  }
}

function answers(event: Extract<Event, { kind: 'dns' }>): Part[] {
  if (event.code !== undefined && event.code !== 'NOERROR') return [` does not resolve (${event.code})`]
  const addresses = (event.answers ?? []).filter((answer) => answer.type === 'A' || answer.type === 'AAAA')
  if (addresses.length === 0) return [' has no address']
  const shown = addresses.slice(0, 3).flatMap((answer, index): Part[] => (index === 0 ? [door(answer.data)] : [', ', door(answer.data)]))
  return [' is ', ...shown, addresses.length > 3 ? ` and ${addresses.length - 3} more` : '']
}

function outcome(value: string | undefined): string {
  if (value === undefined || value === 'established' || value === 'sent') return ''
  return value === 'pending' ? ', not answered yet' : `, which failed (${value})`
}

function blocked(verdict: string): string {
  if (verdict === 'blocked') return ' and was blocked by policy'
  if (verdict === 'would-block') return ' and would have been blocked by policy'
  return ''
}

function transferred(sent: number | undefined, received: number | undefined): string {
  if (sent === undefined && received === undefined) return ''
  return ` after sending ${bytes(sent ?? 0)} and receiving ${bytes(received ?? 0)}`
}

/** Names of the errors that people meet; the number otherwise. Source: errno(3), asm-generic/errno-base.h. */
const ERRORS: ReadonlyMap<number, string> = new Map([
  [1, 'not permitted'],
  [2, 'no such file'],
  [3, 'no such process'],
  [13, 'permission denied'],
  [17, 'already there'],
  [20, 'not a folder'],
  [21, 'is a folder'],
  [30, 'read-only file system'],
])

function failed(result: number | undefined): string {
  if (result === undefined || result >= 0) return ''
  return `, which failed (${ERRORS.get(-result) ?? `error ${-result}`})`
}

/** `actions/checkout@v4`, or with its folder; undefined for a step that uses none. */
export function actionText(step: Step): string | undefined {
  if (step.action === undefined) return undefined
  const folder = step.action.path === undefined || step.action.path === '' ? '' : `/${step.action.path}`
  return step.action.repository === '.' ? `.${folder}` : `${step.action.repository}${folder}@${step.action.ref}`
}

/** Whether an action is held to one commit; a local one is whatever the checkout brought. */
export function isPinned(step: Step): boolean {
  return step.action !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(step.action.ref)
}

export function stepName(step: Step | undefined, number: number): string {
  if (number === 0) return 'Outside any step'
  return step?.name ?? `Step ${number}`
}

export function took(start: number, end: number | undefined): string {
  return end === undefined ? 'running' : duration(end - start)
}

/** A sentence without its markup, for labels and tests. */
export function plain(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === 'string' ? part : part.value)).join('')
}

/** Words for the circumstances an event may carry. */
export const FLAG_WORDS: Readonly<Record<string, string>> = {
  'after-call': 'read after the call, so another thread may have changed it',
  'path-cut': 'path was too long and is cut',
  'argv-cut': 'arguments were too long and are cut',
  compat: '32-bit system call',
  'io-uring': 'through io_uring',
  memfd: 'program that exists only in memory',
  deleted: 'program file was deleted while it ran',
  'outlived-step': 'still running after its step ended',
  'no-dns': 'address was not learned from DNS',
  existed: 'was running before the sensor',
  redacted: 'something secret was removed',
  inferred: 'joined by Gatehouse, not stated by one record',
}
