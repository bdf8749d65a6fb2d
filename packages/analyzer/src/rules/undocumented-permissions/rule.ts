import type { Permissions, Workflow } from '../../model/types.ts'
import { lineAt, lineText } from '../../source.ts'
import { defineRule, type Report } from '../../rule.ts'

export const undocumentedPermissions = defineRule({
  id: 'undocumented-permissions',
  title: 'A permission without a reason',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D4'],
  cwe: ['CWE-1116'],
  cicd: ['CICD-SEC-5'],
  fix: 'none',

  *workflow(workflow) {
    if (workflow.permissions) yield* check(workflow, workflow.permissions)
  },
  *job(job) {
    if (job.permissions) yield* check(job.workflow, job.permissions)
  },
})

function* check(workflow: Workflow, { entry, scopes, all }: Permissions): Generator<Report> {
  const { file, comments } = workflow
  const beside = new Set<number>()
  const above = new Set<number>()
  for (const comment of comments) {
    const line = lineAt(file, comment.start)
    beside.add(line)
    // A comment behind the line before is about that line.
    if (/^\s*#/.test(lineText(file, line))) above.add(line + 1)
  }
  const explained = (line: number): boolean => beside.has(line) || above.has(line)
  if (all === 'write-all' && !explained(lineAt(file, entry.start)))
    yield { at: entry, message: 'Nothing says why the token may write everything.' }
  // A comment at the block speaks for all of it.
  if (explained(lineAt(file, entry.start))) return
  for (const scope of scopes.values()) {
    // Reading the code is what nearly every job does.
    if (scope.access === 'none' || (scope.name === 'contents' && scope.access === 'read')) continue
    if (explained(lineAt(file, scope.key.start))) continue
    yield {
      at: { start: scope.key.start, end: scope.value.end },
      message: `Nothing says what \`${scope.name}: ${scope.access}\` is for, so nobody can tell when it may go.`,
    }
  }
}
