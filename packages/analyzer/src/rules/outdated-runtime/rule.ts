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
    for (const label of job.runsOn?.labels ?? [])
      if (RETIRED.test(label.value.trim()))
        yield {
          at: label,
          severity: 'medium',
          message: `\`${label.value}\` was retired; the job waits for a machine that never comes, or that somebody else names so.`,
        }
  },
  *uses(uses) {
    const oldest = CURRENT.get(uses.action)
    const major = /^v(\d+)(?:\.|$)/.exec(uses.ref)?.[1]
    if (oldest !== undefined && major !== undefined && Number(major) < oldest)
      yield {
        at: uses.node,
        level: 'strict',
        message: `\`${uses.text}\` needs a Node version that the runner no longer has; v${oldest} is the first that does not.`,
      }
  },
})

const RETIRED = /^(?:ubuntu-(?:16|18|20)\.04|macos-(?:10\.15|11|12|13)|windows-(?:2016|2019))$/

/** First major that runs on Node 24, or on 20 where none does. Source: each action's releases. */
const CURRENT: ReadonlyMap<string, number> = new Map([
  ['actions/checkout', 5],
  ['actions/setup-node', 5],
  ['actions/setup-python', 6],
  ['actions/setup-go', 6],
  ['actions/setup-java', 5],
  ['actions/cache', 5],
  ['actions/upload-artifact', 5],
  ['actions/download-artifact', 5],
  ['actions/github-script', 8],
  ['actions/labeler', 6],
  ['actions/stale', 10],
])
