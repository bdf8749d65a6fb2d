/* The comment behind a pin that says which version the commit is. */
import { lineAt, type Range } from '../source.ts'
import { unitOf, type Job, type Step } from './types.ts'
import type { Uses } from './uses.ts'

export interface VersionComment {
  /** As written: `v4.1.0`, `4`, `v4`. */
  readonly version: string
  /** Of the version alone. */
  readonly range: Range
}

/** Forms that people and tools write: `# v4.1.0`, `# tag=v4`, `# pin@v4`, `# ratchet:actions/checkout@v4`, `# actions/checkout v4`. */
const VERSION = /^(?:(?:tag|ref|version|release)[=: ]\s*|pin@|(?:ratchet:)?[\w.-]+\/[\w./-]+[@ ])?(v?\d+(?:\.\d+){0,2})(?=$|[\s,;)])/i

/** The version in the comment on the line of a `uses`; undefined when there is none or it names no version. */
export function versionComment(uses: Uses, place: Step | Job): VersionComment | undefined {
  const unit = unitOf(place)
  if (!unit) return undefined
  const line = lineAt(unit.file, uses.node.start)
  const comment = unit.comments.find((one) => one.start >= uses.node.end && lineAt(unit.file, one.start) === line)
  if (!comment) return undefined
  // A comment for another tool may stand before it: `# zizmor: ignore[x] # v4.1.0`.
  const version = comment.text.split(/\s#\s*/).flatMap((part) => VERSION.exec(part.trim())?.[1] ?? [])[0]
  if (version === undefined) return undefined
  const start = unit.file.text.indexOf(version, comment.start)
  return start === -1 || start >= comment.end ? undefined : { version, range: { start, end: start + version.length } }
}

/** Numbers of a version, with or without `v`; empty when it is none. */
export function numbersOf(version: string): readonly number[] {
  return /^v?\d+(?:\.\d+)*$/i.test(version) ? version.replace(/^v/i, '').split('.').map(Number) : []
}
