/* Runs a job: pre steps, main steps (some in the background), then post steps in reverse, with the state steps share. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Action, downloadAction } from './actions.ts'
import { openDiag } from './diag.ts'
import { baseEnvironment, type JobEnvironment } from './environment.ts'
import { expand, expandAll, shouldRun } from './expressions.ts'
import type { Layout } from './layout.ts'
import { createMasks } from './masks.ts'
import type { JobMessage, JobOutcome, StepOutcome, StepPlan } from './message.ts'
import { endOrphans, startTicks } from './orphans.ts'
import { type Job, nodeStage, runActionStep, runScriptStep, type StepScope } from './steps.ts'

/** Longest time background steps are waited for at the end of a job before they are cancelled with it. */
type Background = { readonly id: string; readonly done: Promise<StepOutcome> }

/** Runs the job of a message in an installed runner; never rejects for what a step does. */
export async function runJob(message: JobMessage, layout: Layout, cancel: AbortSignal): Promise<JobOutcome> {
  const secrets = Object.values(message.variables).filter((entry) => entry.isSecret)
  const masks = createMasks(secrets.map((entry) => entry.value))
  const diag = openDiag(layout.diag, masks.apply)
  const trackingId = `github_${randomUUID()}`
  const timeout = AbortSignal.timeout(message.timeoutMinutes * 60_000)
  const environment: JobEnvironment = { variables: new Map(), paths: [] }
  const eventPath = join(layout.temp, '_github_workflow', 'event.json')
  mkdirSync(dirname(eventPath), { recursive: true })
  writeFileSync(eventPath, JSON.stringify({ repository: { full_name: message.github['repository'] } }))
  const github = {
    ...message.github,
    event_path: eventPath,
    workspace: layout.workspace,
    token: message.variables['system.github.token']?.value ?? '',
  }
  const outputs = new Map<string, string>()

  const job: Job = {
    message, layout, masks, diag, environment, outputs, github,
    base: baseEnvironment({ ...message, github }, layout, trackingId),
    signal: AbortSignal.any([cancel, timeout]),
    post: [],
  } // prettier-ignore

  const startedTicks = startTicks(process.pid)
  diag.trace('Worker', `Job message:\n${JSON.stringify(message, null, 2)}`)
  const report: { name: string; outcome: StepOutcome; stage: 'pre' | 'main' | 'post' }[] = []
  let failed = false

  const plans = message.steps.map((step, index) => ({ step, name: contextName(step, message.steps, index), action: actionOf(step, job) }))
  const scopes = plans.map(({ step, name, action }) => scopeOf(job, step, name, action))

  for (const scope of scopes) {
    if (scope.action?.runs.kind !== 'node' || scope.action.runs.pre === undefined) continue
    const outcome = await attempt(job, scope, `Pre ${scope.display}`, () => nodeStage(job, scope, 'pre'))
    report.push({ name: `Pre ${scope.display}`, outcome, stage: 'pre' })
    failed ||= outcome === 'failure'
  }

  const background: Background[] = []
  for (const scope of scopes) {
    const { step } = scope
    const status = job.signal.aborted ? 'cancelled' : failed ? 'failure' : 'success'
    if (!shouldRun(step.if, status)) {
      report.push({ name: scope.display, outcome: 'skipped', stage: 'main' })
      continue
    }
    if (step.kind === 'wait') {
      const wanted = background.filter((entry) => step.ids === 'all' || step.ids.includes(entry.id))
      const results = await Promise.all(wanted.map((entry) => entry.done))
      failed ||= results.includes('failure')
      continue
    }
    const place = report.push({ name: scope.display, outcome: 'success', stage: 'main' }) - 1
    const done = attempt(job, scope, scope.display, () =>
      step.kind === 'run' ? runScriptStep(job, scope, step) : runActionStep(job, scope),
    ).then((outcome) => {
      report[place] = { name: scope.display, outcome, stage: 'main' }
      outputs.set(`steps.${step.id ?? ''}.outcome`, outcome)
      return step.continueOnError && outcome === 'failure' ? ('success' as const) : outcome
    })
    if (step.background) background.push({ id: step.id ?? '', done })
    else failed = (await done) === 'failure' || failed
  }
  failed = (await Promise.all(background.map((entry) => entry.done))).includes('failure') || failed

  for (const scope of job.post.toReversed()) {
    const outcome = await attempt(job, scope, `Post ${scope.display}`, () => nodeStage(job, scope, 'post'))
    report.push({ name: `Post ${scope.display}`, outcome, stage: 'post' })
    failed ||= outcome === 'failure'
  }
  const orphans = endOrphans(trackingId, startedTicks)
  if (orphans.length > 0) diag.trace('JobExtension', `Terminate orphan processes: ${orphans.join(', ')}`)

  const result = job.signal.aborted ? 'cancelled' : failed ? 'failure' : 'success'
  diag.trace('JobRunner', `Job result: ${result}`)
  return { result, steps: report }
}

/** Runs one stage of one step: announces it, limits its time, and turns a throw of ours into a failed step. */
async function attempt(job: Job, scope: StepScope, display: string, run: () => Promise<number>): Promise<StepOutcome> {
  job.diag.trace('StepsRunner', `Processing step: DisplayName='${display}'`)
  console.log(job.masks.apply(`▸ ${display}`))
  let outcome: StepOutcome
  try {
    outcome = (await run()) === 0 ? 'success' : 'failure'
  } catch (error) {
    console.log(job.masks.apply(`    error: ${error instanceof Error ? error.message : String(error)}`))
    outcome = 'failure'
  }
  if (job.signal.aborted) outcome = 'cancelled'
  job.diag.trace('StepsRunner', `Step result: ${outcome === 'success' ? 'Succeeded' : outcome === 'failure' ? 'Failed' : 'Canceled'}`)
  job.diag.trace('ExecutionContext', `Publish step telemetry for current step ${JSON.stringify(telemetry(scope))}`)
  return outcome
}

function scopeOf(job: Job, step: StepPlan, name: string, action: Action | null): StepScope {
  const state = new Map<string, string>()
  const lookup = (key: string): string | undefined => {
    const [context = '', ...rest] = key.split('.')
    const tail = rest.join('.')
    switch (context) {
      case 'github':
        return job.github[tail]
      case 'secrets':
        return tail === 'GITHUB_TOKEN' ? job.github['token'] : job.message.variables[tail]?.value
      case 'env':
        return step.env[tail] === undefined
          ? (job.environment.variables.get(tail) ?? job.message.env[tail])
          : expand(step.env[tail], lookup)
      case 'steps':
        return job.outputs.get(key)
      case 'runner':
        return job.base[`RUNNER_${tail.toUpperCase()}`]
      default:
        return undefined
    }
  }
  return {
    step, name, action, state, lookup,
    display: step.name ? expand(step.name, lookup) : defaultName(step),
    environment: () => ({ ...expandAll(job.message.env, lookup), ...Object.fromEntries(job.environment.variables), ...expandAll(step.env, lookup) }),
  } // prettier-ignore
}

function defaultName(step: StepPlan): string {
  if (step.kind === 'run') return `Run ${step.run.trim().split('\n')[0] ?? ''}`
  if (step.kind === 'uses') return `Run ${step.uses}`
  return 'Wait'
}

/** `GITHUB_ACTION`: the id, or a generated name that is made unique by counting (StepsRunner.cs). */
function contextName(step: StepPlan, steps: readonly StepPlan[], index: number): string {
  if (step.id) return step.id
  const base = generatedName(step)
  const before = steps.slice(0, index).filter((other) => !other.id && generatedName(other) === base).length
  return before === 0 ? base : `${base}_${before + 1}`
}

function generatedName(step: StepPlan): string {
  if (step.kind !== 'uses') return '__run'
  const repository = step.uses.split('@')[0] ?? ''
  return repository.startsWith('.') ? '__self' : `__${repository.replaceAll(/[^A-Za-z0-9]/g, '_')}`
}

/** Repository actions are fetched before anything runs; those of the workspace are not there yet. */
function actionOf(step: StepPlan, job: Job): Action | null {
  if (step.kind !== 'uses' || step.uses.startsWith('./')) return null
  job.diag.trace('ActionManager', `Download action repository '${step.uses}'`)
  return downloadAction(step.uses, job.layout, job.message.actionFolders)
}

function telemetry(scope: StepScope) {
  return {
    type: scope.step.kind === 'run' ? 'run' : 'node',
    action: scope.action?.repository,
    ref: scope.action?.ref,
    stepContextName: scope.name,
  }
}
