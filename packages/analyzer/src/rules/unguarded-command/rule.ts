import {
  describeHoldings,
  explainExposure,
  isPermissionCheck,
  isPrivileged,
  jobExposures,
  reachOf,
  type Holdings,
} from '../../flow/exposure.ts'
import { input, type Job, type Step } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const unguardedCommand = defineRule({
  id: 'unguarded-command',
  title: 'A comment command is open to everybody',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['B1', 'B12'],
  cwe: ['CWE-862'],
  cicd: ['CICD-SEC-1', 'CICD-SEC-4'],
  fix: 'none',

  *job(job) {
    if (!job.if || !/comment\.body|review\.body/.test(job.if.value)) return
    const exposure = jobExposures(job).find(
      (one) =>
        /comment/.test(one.event) &&
        one.facts.startedBy === 'outsider' &&
        one.facts.privileged &&
        reachOf(one) === 'open' &&
        isPrivileged(one),
    )
    if (!exposure) return
    // A job whose first steps ask for the permission guards itself.
    const check = job.steps.find(isPermissionCheck)
    // What only answers may still be the gate for jobs that do more.
    const gates = job.workflow.jobs.some((other) => other.needs.some((need) => need.value === job.id))
    const quiet = !gates && (talksOnly(exposure.holds) || job.steps.every(commentsOnly) || isMention(job.if.value))
    yield {
      at: job.if,
      severity: check || quiet ? 'low' : exposure.holds.token === 'default' && !exposure.holds.secrets ? 'low' : 'medium',
      level: check || quiet || checksItself(job) ? 'strict' : 'default',
      confidence: check ? 'low' : 'medium',
      message: check
        ? 'This command asks for the permission of who gives it inside of the job, after other things have run.'
        : `Anybody who can comment gives this command, in a job that holds ${describeHoldings(exposure.holds)}.`,
      trace: explainExposure(exposure),
    }
  },
})

/** Labels and comments are what commands for everybody are made for; their worst is noise. */
function talksOnly({ token, writes, secrets, oidc, selfHosted }: Holdings): boolean {
  return (
    token === 'write' &&
    !secrets &&
    !oidc &&
    !selfHosted &&
    writes.every((scope) => /^(?:issues|pull-requests|discussions|statuses|checks)$/.test(scope))
  )
}

/** Actions that refuse people without write access, unless told otherwise. Source: their documentation. */
const CHECKING_ACTIONS: ReadonlySet<string> = new Set(['anthropics/claude-code-action'])

function checksItself(job: Job): boolean {
  return job.steps.some(
    ({ uses, with: { entries } }) => uses !== undefined && CHECKING_ACTIONS.has(uses.action) && !entries.has('allowed_non_write_users'),
  )
}

/** A script that reads, comments and reacts, and does nothing else. */
function commentsOnly({ uses, with: inputs }: Step): boolean {
  const script = input(inputs, 'script')?.value
  if (uses?.action !== 'actions/github-script' || script === undefined) return false
  if (/\b(?:graphql|require|import|exec|eval)\b/.test(script)) return false
  const calls = [...script.matchAll(/\bgithub\.rest\.\w+\.(\w+)/g)].map(([, name = '']) => name)
  return (
    calls.length > 0 &&
    calls.every((name) => /^(?:get|list|createComment$|createForIssueComment$|createForIssue$|requestReviewers$)/.test(name))
  )
}

/** Looking for the mention of a team is a notification, not a command. */
function isMention(condition: string): boolean {
  const wanted = [...condition.matchAll(/(?:comment|review)\.body\s*,\s*'([^']*)'/g)].map(([, text = '']) => text)
  return wanted.length > 0 && wanted.every((text) => /^@[\w-]+\/[\w-]+$/.test(text))
}
