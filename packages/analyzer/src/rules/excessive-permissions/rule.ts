import type { Severity } from '@gatehouse/schema'
import type { Permissions } from '../../model/types.ts'
import type { Report } from '../../rule.ts'
import { defineRule } from '../../rule.ts'

export const excessivePermissions = defineRule({
  id: 'excessive-permissions',
  title: 'The token may do more than it needs',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D2'],
  cwe: ['CWE-250'],
  cicd: ['CICD-SEC-5'],
  fix: 'none',

  *workflow(workflow) {
    const { permissions } = workflow
    if (!permissions) return
    const own = workflow.jobs.filter((job) => job.permissions === undefined)
    if (permissions.all === 'write-all' || permissions.all === 'read-all') yield wholesale(permissions)
    if (own.length === 0) return
    for (const scope of permissions.scopes.values()) {
      if (scope.access !== 'write') continue
      const severity = severityOf(scope.name)
      yield {
        at: scope.key,
        severity,
        // With one job there is nobody else who gets it.
        level: own.length > 1 ? (severity === 'low' ? 'strict' : 'default') : 'strict',
        message:
          own.length > 1
            ? `\`${scope.name}: write\` is given to all ${own.length} jobs that set no permissions themselves; give it to the one that needs it.`
            : `\`${scope.name}: write\` stands at the workflow, where jobs that are added later get it too.`,
      }
    }
  },
  *job(job) {
    const { permissions } = job
    if (permissions && (permissions.all === 'write-all' || permissions.all === 'read-all')) yield wholesale(permissions)
  },
})

function wholesale({ node, all }: Permissions): Report {
  return {
    at: node,
    severity: all === 'write-all' ? 'high' : 'medium',
    level: all === 'write-all' ? 'default' : 'strict',
    message:
      all === 'write-all'
        ? '`write-all` lets the token change everything it can reach.'
        : '`read-all` gives more than any job reads, such as security alerts and packages.',
  }
}

const HIGH: ReadonlySet<string> = new Set(['actions', 'attestations', 'contents', 'deployments', 'id-token', 'packages', 'pages'])

function severityOf(scope: string): Severity {
  if (HIGH.has(scope)) return 'medium'
  return scope === 'models' || scope === 'statuses' || scope === 'checks' || scope === 'discussions' ? 'low' : 'low'
}
