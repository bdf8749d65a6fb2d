import { lineAt } from '../../source.ts'
import { defineRule } from '../../rule.ts'

export const undocumentedPermissions = defineRule({
  id: 'undocumented-permissions',
  title: 'A permission without a reason',
  severity: 'info',
  confidence: 'high',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D4'],
  cwe: ['CWE-1059'],
  cicd: ['CICD-SEC-5'],
  fix: 'none',

  *workflow(workflow) {
    const all = [workflow.permissions, ...workflow.jobs.map((job) => job.permissions)]
    const commented = new Set(workflow.comments.map((comment) => lineAt(workflow.file, comment.start)))
    for (const permissions of all) {
      for (const scope of permissions?.scopes.values() ?? []) {
        const line = lineAt(workflow.file, scope.key.start)
        if (scope.name === 'contents' && scope.access === 'read') continue
        if (scope.access !== 'none' && !commented.has(line) && !commented.has(line - 1))
          yield {
            at: scope.key,
            message: `Nothing says why \`${scope.name}: ${scope.access}\` is needed, so nobody will dare to take it away.`,
          }
      }
    }
  },
})
