import { SCOPES } from '../../data/permissions.ts'
import type { Permissions } from '../../model/types.ts'
import { defineRule, type Report } from '../../rule.ts'
import { isMap, isNull, isScalar } from '../../yaml/tree.ts'

export const unknownPermission = defineRule({
  id: 'unknown-permission',
  title: 'A permission that GitHub does not know',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D3'],
  cwe: ['CWE-1286'],
  cicd: ['CICD-SEC-5'],
  fix: 'manual',

  *workflow(workflow) {
    if (workflow.permissions) yield* check(workflow.permissions)
  },
  *job(job) {
    if (job.permissions) yield* check(job.permissions)
  },
})

function* check({ node, all }: Permissions): Generator<Report> {
  if (isMap(node)) {
    for (const { key, value } of node.entries) {
      const highest = SCOPES.get(key.value)
      if (highest === undefined) {
        const near = nearest(key.value)
        yield {
          at: key,
          message: `GitHub knows no permission \`${key.value}\`${near ? `; \`${near}\` is meant, perhaps` : ''}. The workflow is refused, or the job lacks what it needs.`,
        }
        continue
      }
      const access = isScalar(value) ? value.value.trim() : undefined
      if (access?.includes('${{'))
        yield { at: value, message: `The access of \`${key.value}\` must be written out; expressions are not evaluated here.` }
      else if (access !== 'read' && access !== 'write' && access !== 'none')
        yield {
          at: isNull(value) ? key : value,
          message: `\`${key.value}\` takes \`read\`, \`write\` or \`none\`, not ${access === undefined || access === '' ? 'this' : `\`${access}\``}.`,
        }
      else if (access === 'write' && highest === 'read') yield { at: value, message: `\`${key.value}\` can be read only.` }
      else if (access === 'read' && key.value === 'id-token')
        yield { at: value, message: 'An identity token cannot be read, only made: `id-token` takes `write` or `none`.' }
    }
    return
  }
  if (all !== undefined) return
  const text = isScalar(node) ? node.value.trim() : 'a list'
  yield { at: node, message: `\`permissions\` takes a map of permissions, \`read-all\`, \`write-all\` or \`{}\`, not \`${text}\`.` }
}

/** The known permission that differs in a letter or two, or in `_` for `-`. */
function nearest(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll('_', '-')
  if (SCOPES.has(plain)) return plain
  let best: string | undefined
  let least = 3
  for (const scope of SCOPES.keys()) {
    const far = Math.abs(scope.length - plain.length) < least ? distance(scope, plain.slice(0, 40)) : least
    if (far < least) {
      least = far
      best = scope
    }
  }
  return best
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}
