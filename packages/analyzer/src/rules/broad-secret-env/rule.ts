import { JOB_TOKEN, secretsOf } from '../../flow/secrets.ts'
import type { Env, Job, Step } from '../../model/types.ts'
import { scalarsBelow } from '../../yaml/tree.ts'
import { defineRule, type TraceStep } from '../../rule.ts'

export const broadSecretEnv = defineRule({
  id: 'broad-secret-env',
  title: 'A secret in the environment of steps that do not need it',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D8'],
  cwe: ['CWE-522', 'CWE-526'],
  cicd: ['CICD-SEC-6'],
  attack: ['T1552.007'],
  fix: 'manual',

  *workflow(workflow) {
    // A workflow of one job reads the same either way; the steps are what counts then.
    const steps = workflow.jobs.flatMap((job) => job.steps)
    for (const { entry, secret } of secretVariables(workflow.env)) {
      if (workflow.jobs.length < 2 && steps.length < 2) continue
      const others = bystanders(steps, entry.key.value)
      yield {
        at: entry.value,
        // Actions are given the job token anyway, by the defaults of their inputs.
        severity: others.foreign && secret !== JOB_TOKEN ? 'medium' : 'low',
        level: others.foreign && workflow.jobs.length > 1 && secret !== JOB_TOKEN ? 'default' : 'strict',
        message: `\`${secret}\` is in the environment of every step of every job${others.foreign ? `, so \`${others.foreign.uses?.text ?? ''}\` and all that it runs can read it` : ''}. Give it to the step that uses it.`,
        trace: traceOf(others.foreign),
      }
    }
  },

  *job(job) {
    if (job.steps.length < 2) return
    for (const { entry, secret } of secretVariables(job.env)) {
      const { foreign, users } = bystanders(job.steps, entry.key.value)
      // Where every script names it there is nothing to narrow.
      if (users >= job.steps.length) continue
      yield {
        at: entry.value,
        level: 'strict',
        message: `\`${secret}\` is in the environment of all ${job.steps.length} steps${foreign ? `, so \`${foreign.uses?.text ?? ''}\` and all that it runs can read it` : ''}. Give it to the step that uses it.`,
        trace: traceOf(foreign),
      }
    }
  },
})

function* secretVariables(env: Env) {
  for (const entry of env.variables.values()) {
    const [secret] = secretsOf(entry.value)
    if (secret !== undefined) yield { entry, secret }
  }
}

/** Actions of others that do not name the variable, and how many steps name it. */
function bystanders(steps: readonly Step[], variable: string): { readonly foreign: Step | undefined; readonly users: number } {
  let foreign: Step | undefined
  let users = 0
  for (const step of steps) {
    const names = [...scalarsBelow(step.node)].some((scalar) => scalar.value.includes(variable))
    if (names) users++
    else if (step.uses?.kind === 'repository' && !/^(?:actions|github)$/.test(step.uses.owner)) foreign ??= step
  }
  return { foreign, users }
}

function traceOf(step: Step | undefined): TraceStep[] {
  const job: Job | undefined = step?.job
  return step?.uses && job ? [{ role: 'sink', message: 'this action gets it too', file: job.workflow.file, range: step.uses.node }] : []
}
