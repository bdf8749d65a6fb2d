/*
 * The hunt language: a question over the events of all jobs, such as
 *
 *   domain:*.example.test and not repository:acme/* since:2026-11-01
 *
 * A term is `field:value`. Terms are joined by `and` (which may be left out), `or`, `not` and parentheses. A query says yes or no to
 * one event, together with what is known of its job and step. This file has the shapes; parse.ts reads, print.ts writes, match.ts
 * answers in memory; the server turns the same tree into SQL.
 */
import type { EventKind } from '../event.ts'

/** Bounds of one query. A longer question is a mistake or an attack on whoever evaluates it. */
export const HUNT_LIMITS = { characters: 2_000, terms: 64, depth: 16 } as const

/** Text with gaps: literal pieces between which anything may stand. One piece is exact; `['a', '']` begins with a. */
export type Pattern = readonly string[]

/** Fields whose values are text with `*` for anything. */
export const TEXT_FIELDS = [
  'domain',
  'host',
  'path',
  'url',
  'argv',
  'exe',
  'sha256',
  'op',
  'verdict',
  'action',
  'repository',
  'workflow',
  'job',
  'run',
  'detection',
] as const
export type TextField = (typeof TEXT_FIELDS)[number]

export type HuntTerm =
  | { readonly type: 'text'; readonly field: TextField; readonly pattern: Pattern }
  | { readonly type: 'kind'; readonly kind: EventKind }
  /** Addresses from `low` to `high`, each as 32 hex digits of its IPv6 form (IPv4 mapped). `text` is the canonical way to write them. */
  | { readonly type: 'ip'; readonly low: string; readonly high: string; readonly text: string }
  | { readonly type: 'port'; readonly low: number; readonly high: number }
  | { readonly type: 'step'; readonly step: number | Pattern }
  /** From (inclusive) or before (exclusive) a moment, microseconds since the Unix epoch. */
  | { readonly type: 'since' | 'until'; readonly time: number }

export type HuntExpression =
  | HuntTerm
  | { readonly type: 'and' | 'or'; readonly items: readonly HuntExpression[] }
  | { readonly type: 'not'; readonly item: HuntExpression }

/** What a query may ask about, for help texts and completion. */
export interface HuntField {
  readonly name: string
  readonly description: string
  readonly example: string
}

/** Every field, in the order in which help shows them. */
export const HUNT_FIELDS: readonly HuntField[] = [
  {
    name: 'domain',
    description: 'Name that was connected to, asked for in DNS or requested by HTTP; `*.zone` is every name below zone.',
    example: 'domain:*.example.test',
  },
  { name: 'host', description: 'Host of an HTTP request.', example: 'host:api.example.test' },
  {
    name: 'ip',
    description: 'Remote address, or a range of them; for DNS the resolver. Addresses inside DNS answers are not looked at.',
    example: 'ip:192.0.2.0/24',
  },
  { name: 'port', description: 'Remote port, or a range of them.', example: 'port:8000-8999' },
  { name: 'path', description: 'File that was touched, and the other name of a rename or link.', example: 'path:*/.ssh/*' },
  { name: 'url', description: 'Host and path of an HTTP request.', example: 'url:api.example.test/repos/*' },
  { name: 'argv', description: 'Text that the command line contains, arguments joined by one space.', example: 'argv:"curl -d"' },
  { name: 'exe', description: 'Executable of the acting process.', example: 'exe:/tmp/*' },
  { name: 'sha256', description: 'SHA-256 of an executable that was started.', example: 'sha256:9f86d081…' },
  { name: 'kind', description: 'Kind of event.', example: 'kind:network' },
  { name: 'op', description: 'What was done, such as exec, connect or write.', example: 'op:rename' },
  { name: 'verdict', description: 'What the policy decided about a connection.', example: 'verdict:blocked' },
  {
    name: 'action',
    description: 'Action of the step: owner/repo, owner/repo@ref, owner/repo/path@ref. Without @ any ref and any path.',
    example: 'action:actions/checkout@v4',
  },
  { name: 'step', description: 'Number of the step, or its name.', example: 'step:"npm ci"' },
  { name: 'detection', description: 'Detection that fired in the step.', example: 'detection:secret-file-read' },
  { name: 'job', description: 'Name or id of the job.', example: 'job:build' },
  { name: 'run', description: 'Id of the run.', example: 'run:01890000-0000-7000-8000-000000000001' },
  { name: 'workflow', description: 'Name of the workflow.', example: 'workflow:release' },
  { name: 'repository', description: 'owner/name on GitHub.', example: 'repository:acme/*' },
  { name: 'since', description: 'From this moment on: a date, a time in UTC, or how long ago (m, h, d, w).', example: 'since:7d' },
  { name: 'until', description: 'Before this moment, in the same forms.', example: 'until:2026-11-22T12:00Z' },
]

/** Whether the pattern has no gap, so that it is one value. */
export function isExact(pattern: Pattern): boolean {
  return pattern.length === 1
}

/** Lower case of the letters A to Z alone: the same in every store and language, unlike that of all letters. */
export function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}
