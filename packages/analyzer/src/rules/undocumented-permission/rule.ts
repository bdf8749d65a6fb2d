import type { Permissions, Workflow } from '../../model/types.ts'
import { lineAt } from '../../source.ts'
import { defineRule, type Report } from '../../rule.ts'

export const undocumentedPermission = defineRule({
  id: 'undocumented-permission',
  title: 'Write permission without a reason',
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
  const explained = (line: number): boolean =>
    comments.some((comment) => comment.text !== '' && (lineAt(file, comment.start) === line || lineAt(file, comment.start) === line - 1))
  if (all === 'write-all' && !explained(lineAt(file, entry.start)))
    yield { at: entry, message: 'Nothing says why the token may write everything.' }
  // A comment above the block speaks for all of it.
  const block = explained(lineAt(file, entry.start))
  for (const scope of scopes.values()) {
    if (scope.access !== 'write' || block || explained(lineAt(file, scope.key.start))) continue
    yield {
      at: { start: scope.key.start, end: scope.value.end },
      message: `Nothing says what \`${scope.name}: write\` is for, so nobody can tell when it may go.`,
    }
  }
}
