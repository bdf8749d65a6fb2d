/*
 * Comments that take a finding out: ours (`# gatehouse: ignore[rule] reason`), zizmor's (`# zizmor: ignore[rule]`) and CodeQL's
 * (`# codeql[query-id]`, `# lgtm`). Ours and CodeQL's may stand on the line above; all may stand on any line of the finding.
 */
import type { Config } from './config/types.ts'
import type { Finding, Suppression } from './finding.ts'
import type { Unit } from './model/types.ts'
import { matchesPath } from './pattern.ts'
import { FOREIGN_NAMES } from './data/foreign-names.ts'
import { lineAt, lineText } from './source.ts'

interface IgnoreComment {
  readonly line: number
  /** Whether nothing else stands on its line, so that it speaks for the next. */
  readonly alone: boolean
  readonly tool: 'gatehouse' | 'zizmor' | 'codeql'
  readonly names: readonly string[]
  readonly reason: string
}

const comments = new WeakMap<Unit, readonly IgnoreComment[]>()

/** Why a finding is left out; undefined when it is not. */
export function suppressionOf(finding: Finding, unit: Unit | undefined, config: Config): Suppression | undefined {
  const line = lineAt(finding.location.file, finding.location.range.start)
  const last = lineAt(finding.location.file, Math.max(finding.location.range.start, finding.location.range.end - 1))
  if (unit && unit.file === finding.location.file) {
    for (const comment of ignoreComments(unit)) {
      const here = comment.line >= line && comment.line <= Math.max(last, line)
      const above = comment.alone && comment.line < line && speaksFor(unit, comment.line, line)
      if ((here || above) && applies(comment, finding.rule.id)) return { by: 'comment', reason: comment.reason }
    }
  }
  for (const ignore of config.rules.get(finding.rule.id)?.ignore ?? []) {
    const path = unit?.path ?? finding.location.file.path
    if (matchesPath(ignore.path, path) && (ignore.line === undefined || (ignore.line >= line && ignore.line <= last))) {
      return { by: 'configuration', reason: '' }
    }
  }
  return undefined
}

/** A comment speaks for the next line that is not a comment itself. */
function speaksFor(unit: Unit, from: number, line: number): boolean {
  for (let at = from + 1; at < line; at++) if (!/^\s*#/.test(lineText(unit.file, at))) return false
  return true
}

function applies(comment: IgnoreComment, id: string): boolean {
  if (comment.names.length === 0) return true
  if (comment.tool === 'gatehouse') return comment.names.includes(id)
  const foreign = FOREIGN_NAMES.get(id)?.[comment.tool] ?? []
  return comment.names.some((name) => name === id || foreign.includes(name))
}

function ignoreComments(unit: Unit): readonly IgnoreComment[] {
  let found = comments.get(unit)
  if (!found) {
    found = unit.comments.flatMap((comment) => {
      const parsed = parseIgnore(comment.text)
      if (!parsed) return []
      const line = lineAt(unit.file, comment.start)
      const before = lineText(unit.file, line).trimStart()
      return [{ ...parsed, line, alone: before.startsWith('#') }]
    })
    // Scripts are text to YAML, so an ignore inside one is looked for in the lines themselves.
    if (/(?:gatehouse|zizmor): ?ignore\[/.test(unit.file.text)) found = [...found, ...inScripts(unit, found)]
    comments.set(unit, found)
  }
  return found
}

function inScripts(unit: Unit, known: readonly IgnoreComment[]): IgnoreComment[] {
  const lines = new Set(known.map((comment) => comment.line))
  const more: IgnoreComment[] = []
  for (const match of unit.file.text.matchAll(/#\s*((?:gatehouse|zizmor): ?ignore\[[^\n]*)/g)) {
    const line = lineAt(unit.file, match.index)
    const parsed = parseIgnore(match[1] ?? '')
    if (parsed && !lines.has(line)) more.push({ ...parsed, line, alone: lineText(unit.file, line).trimStart().startsWith('#') })
  }
  return more
}

function parseIgnore(text: string): Omit<IgnoreComment, 'line' | 'alone'> | undefined {
  const ours = /\b(gatehouse|zizmor):\s*ignore(?:\[([^\]]*)\])?\s*(.*)/.exec(text)
  if (ours)
    return {
      tool: ours[1] === 'zizmor' ? 'zizmor' : 'gatehouse',
      names: namesIn(ours[2]),
      reason: (ours[3] ?? '').replace(/^[-–:\s]+/, ''),
    }
  const codeql = /\bcodeql\s*\[([^\]]*)\]\s*(.*)/.exec(text) ?? /\blgtm\s*\[([^\]]*)\]\s*(.*)/.exec(text)
  if (codeql) return { tool: 'codeql', names: namesIn(codeql[1]), reason: codeql[2] ?? '' }
  return undefined
}

function namesIn(list: string | undefined): string[] {
  return (list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
}
