import type { Permissions } from '../../model/types.ts'
import type { Report } from '../../rule.ts'
import { defineRule } from '../../rule.ts'

export const unknownPermission = defineRule({
  id: 'unknown-permission',
  title: 'A permission that GitHub does not know',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D3'],
  cwe: ['CWE-1164'],
  cicd: ['CICD-SEC-5'],
  fix: 'none',

  *workflow(workflow) {
    if (workflow.permissions) yield* check(workflow.permissions)
    for (const job of workflow.jobs) if (job.permissions) yield* check(job.permissions)
  },
})

/** Source: the workflow schema of GitHub's language services, 0.3.61. */
const SCOPES: ReadonlySet<string> = new Set([
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'code-quality',
  'contents',
  'copilot-requests',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
  'vulnerability-alerts',
])

function* check({ scopes, node, all }: Permissions): Generator<Report> {
  for (const { name, access, key, value } of scopes.values()) {
    if (!SCOPES.has(name)) yield { at: key, message: `\`${name}\` is no permission of the token.` }
    else if (!/^(?:read|write|none)$/.test(access) && !access.includes('${{'))
      yield { at: value, message: `The access of \`${name}\` is \`read\`, \`write\` or \`none\`, not \`${access}\`.` }
  }
  if (node.kind === 'scalar' && all === undefined)
    yield { at: node, message: `Permissions are a map, \`read-all\`, \`write-all\` or \`{}\`, not \`${node.value}\`.` }
}
