import { GRAVE_SCOPES } from '../../data/permissions.ts'
import { jobExposures, reachOf, type Exposure } from '../../flow/exposure.ts'
import { describeScopes, neededBy } from '../../flow/needs.ts'
import type { Job, Permissions, Scope, Workflow } from '../../model/types.ts'
import { defineRule, type Report } from '../../rule.ts'
import { lineAt, lineText } from '../../source.ts'

export const excessivePermissions = defineRule({
  id: 'excessive-permissions',
  title: 'The job token may do more than it needs',
  severity: 'medium',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D2'],
  cwe: ['CWE-250', 'CWE-272'],
  cicd: ['CICD-SEC-5', 'CICD-SEC-2'],
  attack: ['T1078.004'],
  fix: 'manual',

  *workflow(workflow) {
    const { permissions } = workflow
    if (!permissions) return
    const inheriting = workflow.jobs.filter((job) => !job.permissions)
    const all = allReport(permissions, inheriting)
    if (all) {
      yield { ...all, ...(inheriting.length === 0 && workflow.jobs.length > 0 ? { level: 'audit', severity: 'low' } : {}) }
      return
    }
    for (const scope of permissions.scopes.values()) if (scope.access === 'write') yield* widelyGiven(workflow, scope, inheriting)
  },

  *job(job) {
    const { permissions } = job
    if (!permissions) return
    const all = allReport(permissions, [job])
    if (all) yield all
    else yield* unusedScopes(permissions, job)
  },
})

/** `write-all` and `read-all`. */
function allReport({ all, entry }: Permissions, jobs: readonly Job[]): Report | undefined {
  if (all === 'write-all') {
    return {
      at: entry,
      severity: 'high',
      confidence: 'high',
      message: `\`write-all\` lets the token change everything in the repository: code, releases, packages, workflow runs.${proposal(jobs)}`,
    }
  }
  // Reading everything is what Scorecard proposes as a start; it gives away private code and alerts, not control.
  if (all === 'read-all')
    return {
      at: entry,
      severity: 'low',
      confidence: 'high',
      level: 'strict',
      message: `\`read-all\` also reads what no build needs, such as security alerts and packages.${proposal(jobs)}`,
    }
  return undefined
}

function proposal(jobs: readonly Job[]): string {
  const [job] = jobs
  if (jobs.length !== 1 || !job) return ''
  const { scopes, certain } = neededBy(job)
  return certain ? ` ${describeScopes(scopes)} would be enough.` : ''
}

/** Write access for the whole workflow that not every job needs. */
function* widelyGiven(workflow: Workflow, scope: Scope, inheriting: readonly Job[]): Generator<Report> {
  const at = { start: scope.key.start, end: scope.value.end }
  const grave = GRAVE_SCOPES.has(scope.name)
  if (inheriting.length === 0) {
    yield {
      at,
      severity: 'info',
      level: 'audit',
      message: `\`${scope.name}: write\` has no effect: every job has permissions of its own. It would reach the next job that has none.`,
    }
    return
  }
  const one = inheriting.find((job) => job.uses === undefined && isUnneeded(job, scope))
  if (inheriting.length === 1 && workflow.jobs.length === 1) {
    // One job: the place of the permission makes no difference, only whether it is needed.
    const [job] = inheriting
    if (job && one)
      yield { at, severity: severityFor(job, grave), message: `No step of the job \`${job.id}\` needs \`${scope.name}: write\`.` }
    else
      yield {
        at,
        severity: 'info',
        level: 'audit',
        message: `\`${scope.name}: write\` is given to the whole workflow; a job that is added later gets it as well.`,
      }
    return
  }
  if (inheriting.length === 1) {
    yield {
      at,
      severity: 'info',
      level: 'strict',
      message: `Only the job \`${inheriting[0]?.id ?? ''}\` uses \`${scope.name}: write\`, but the whole workflow is given it; a job that is added later gets it as well.`,
    }
    return
  }
  if (inheriting.every((job) => neededBy(job).scopes.get(scope.name) === 'write')) return
  const worst = inheriting.some((job) => outsiderReaches(job))
  yield {
    at,
    severity: worst && grave ? 'high' : grave ? 'medium' : 'low',
    confidence: one ? 'high' : 'medium',
    // Two jobs of which nothing is known for sure may well both need it; of three and more that is rare.
    level: one || inheriting.length > 2 ? 'default' : 'strict',
    message: `All ${inheriting.length} jobs get \`${scope.name}: write\`${one ? `, and the job \`${one.id}\` has no use for it` : ''}. Give it only to the jobs that need it.`,
    trace: one ? [{ role: 'path', message: `the job ${one.id} gets it and does not need it`, file: workflow.file, range: one.key }] : [],
  }
}

/** Write access that a job gives itself and does not use. */
function* unusedScopes({ scopes }: Permissions, job: Job): Generator<Report> {
  for (const scope of scopes.values()) {
    if (scope.access !== 'write' || !isUnneeded(job, scope)) continue
    yield {
      at: { start: scope.key.start, end: scope.value.end },
      severity: severityFor(job, GRAVE_SCOPES.has(scope.name)),
      // Somebody who wrote down what it is for has thought about it.
      level: isExplained(job, scope) ? 'strict' : 'default',
      message: `No step of the job \`${job.id}\` needs \`${scope.name}: write\`.`,
    }
  }
}

/** Whether a comment stands beside the scope or alone on the line above. */
function isExplained({ workflow: { file, comments } }: Job, scope: Scope): boolean {
  const line = lineAt(file, scope.key.start)
  return comments.some(({ start, text }) => {
    const at = lineAt(file, start)
    return text !== '' && (at === line || (at === line - 1 && /^\s*#/.test(lineText(file, at))))
  })
}

function isUnneeded(job: Job, scope: Scope): boolean {
  const { scopes, certain, doubtful } = neededBy(job)
  return job.steps.length > 0 && certain && !doubtful.has(scope.name) && scopes.get(scope.name) !== 'write'
}

function severityFor(job: Job, grave: boolean): 'medium' | 'low' {
  return grave && outsiderReaches(job) ? 'medium' : 'low'
}

function outsiderReaches(job: Job): boolean {
  return jobExposures(job).some(
    (exposure: Exposure) => exposure.facts.startedBy === 'outsider' && exposure.facts.privileged && reachOf(exposure) !== 'guarded',
  )
}
