import type { Job } from '../../model/types.ts'
import { isCommit } from '../../model/uses.ts'
import { numbersOf, versionComment } from '../../model/version-comment.ts'
import { child, isSeq, scalarOf, scalarsOf, type ScalarNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const outdatedRuntime = defineRule({
  id: 'outdated-runtime',
  title: 'A runtime or runner that is gone',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F9', 'G3'],
  cwe: ['CWE-1104'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *action(action) {
    const { using } = action
    if (using && /^node(?:6|12|16|20)$/.test(using.value))
      yield {
        at: using,
        severity: using.value === 'node20' ? 'low' : 'medium',
        message:
          using.value === 'node20'
            ? 'The runner no longer has Node 20 (since 16 September 2026); the action runs on another version than it was tested with.'
            : `\`${using.value}\` was taken out of the runner.`,
      }
  },
  *job(job) {
    for (const label of labelsOf(job))
      if (RETIRED.test(label.value.trim()))
        yield {
          at: label,
          severity: 'medium',
          message: `\`${label.value}\` was retired; the job waits for a machine that never comes, or that somebody else names so.`,
        }
  },
  *uses(uses, place) {
    const oldest = CURRENT.get(uses.action)
    if (oldest === undefined) return
    // A commit tells its version in the comment behind it.
    const [major] = numbersOf(isCommit(uses.ref) ? (versionComment(uses, place)?.version ?? '') : uses.ref)
    if (major !== undefined && STOPPED.get(uses.action) !== undefined && major <= (STOPPED.get(uses.action) ?? 0))
      yield { at: uses.node, severity: 'medium', message: `\`${uses.slug}\` v${major} was switched off by GitHub: the step fails.` }
    else if (major !== undefined && major < oldest)
      yield {
        at: uses.node,
        level: 'strict',
        message: `\`${uses.text}\` needs a Node version that the runner no longer has; v${oldest} is the first that does not.`,
      }
  },
})

/** Labels of `runs-on`, and those that the matrix puts there. */
function labelsOf(job: Job): ScalarNode[] {
  const labels: ScalarNode[] = []
  for (const label of job.runsOn?.labels ?? []) {
    const name = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(label.value.trim())?.[1]
    if (name === undefined) {
      labels.push(label)
      continue
    }
    labels.push(...scalarsOf(child(job.matrix, name)))
    const include = child(job.matrix, 'include')
    for (const item of isSeq(include) ? include.items : []) {
      const value = scalarOf(item, name)
      if (value) labels.push(value)
    }
  }
  return labels
}

/** Last majors that the service behind them refuses. Sources: GitHub changelog, 2024-04-16 (artifacts v3) and 2025-02 (cache v1, v2). */
const STOPPED: ReadonlyMap<string, number> = new Map([
  ['actions/upload-artifact', 3],
  ['actions/download-artifact', 3],
  ['actions/cache', 2],
])

const RETIRED = /^(?:ubuntu-(?:16|18|20)\.04|macos-(?:10\.15|11|12|13)|windows-(?:2016|2019))$/

/** First major that runs on Node 24. Source: each action's releases. */
const CURRENT: ReadonlyMap<string, number> = new Map([
  ['actions/checkout', 5],
  ['actions/setup-node', 5],
  ['actions/setup-python', 6],
  ['actions/setup-go', 6],
  ['actions/setup-java', 5],
  ['actions/cache', 5],
  ['actions/upload-artifact', 6],
  ['actions/download-artifact', 7],
  ['actions/github-script', 8],
  ['actions/labeler', 6],
  ['actions/stale', 10],
])
