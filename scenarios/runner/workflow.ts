/* Reads the part of a workflow file that the fixture runs: one job's steps. What it does not know it refuses by name. */
import { parse } from 'yaml'
import type { StepPlan } from './message.ts'

export interface WorkflowJob {
  readonly workflowName: string
  readonly jobName: string
  readonly env: Readonly<Record<string, string>>
  readonly steps: readonly StepPlan[]
  readonly timeoutMinutes: number
}

const STEP_KEYS = new Set([
  'id', 'name', 'if', 'env', 'run', 'shell', 'working-directory', 'uses', 'with',
  'continue-on-error', 'timeout-minutes', 'background', 'wait', 'wait-all',
]) // prettier-ignore

/**
 * Reads job `job` of a workflow text.
 * @throws {Error} naming the place, when the job is missing or uses something the fixture does not implement.
 */
export function readWorkflowJob(text: string, job: string): WorkflowJob {
  const workflow = asMap(parse(text), 'the workflow')
  const jobs = asMap(workflow['jobs'], 'jobs')
  const body = asMap(jobs[job], `jobs.${job}`)
  for (const key of ['strategy', 'container', 'services', 'uses']) {
    if (key in body) throw new Error(`jobs.${job}.${key} is not implemented by the runner fixture`)
  }
  return {
    workflowName: scalar(workflow['name'] ?? job),
    jobName: scalar(body['name'] ?? job),
    env: { ...strings(workflow['env'], 'env'), ...strings(body['env'], `jobs.${job}.env`) },
    steps: readSteps(body['steps'], `jobs.${job}.steps`),
    timeoutMinutes: Number(body['timeout-minutes'] ?? 360),
  }
}

/** Reads a list of steps, of a job or of a composite action. `where` is for error messages. */
export function readSteps(value: unknown, where: string): StepPlan[] {
  if (!Array.isArray(value)) throw new Error(`${where} is not a list`)
  return value.map((item, index) => readStep(asMap(item, `${where}[${index}]`), `${where}[${index}]`))
}

function readStep(step: Record<string, unknown>, where: string): StepPlan {
  const unknown = Object.keys(step).filter((key) => !STEP_KEYS.has(key))
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} is not implemented by the runner fixture`)
  const common = {
    ...optional('id', step['id']),
    ...optional('name', step['name']),
    ...optional('if', step['if']),
    env: strings(step['env'], `${where}.env`),
    continueOnError: step['continue-on-error'] === true,
    background: step['background'] === true,
    ...('timeout-minutes' in step ? { timeoutMinutes: Number(step['timeout-minutes']) } : {}),
  }
  if ('run' in step) {
    return {
      ...common,
      kind: 'run',
      run: scalar(step['run']),
      ...optional('shell', step['shell']),
      ...('working-directory' in step ? { workingDirectory: scalar(step['working-directory']) } : {}),
    }
  }
  if ('uses' in step) return { ...common, kind: 'uses', uses: scalar(step['uses']), with: strings(step['with'], `${where}.with`) }
  if ('wait' in step) return { ...common, kind: 'wait', ids: [step['wait']].flat().map(scalar) }
  if ('wait-all' in step) return { ...common, kind: 'wait', ids: 'all' }
  throw new Error(`${where} has neither run nor uses nor wait`)
}

function optional<K extends string>(key: K, value: unknown): { readonly [key in K]?: string } {
  // Safe: an object with exactly the key K or nothing.
  return (value === undefined ? {} : { [key]: scalar(value) }) as { readonly [key in K]?: string }
}

function asMap(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where} is missing or not a mapping`)
  return value as Record<string, unknown>
}

function strings(value: unknown, where: string): Record<string, string> {
  if (value === undefined || value === null) return {}
  return Object.fromEntries(Object.entries(asMap(value, where)).map(([key, entry]) => [key, scalar(entry)]))
}

function scalar(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Error(`expected a plain value, found ${JSON.stringify(value)}`)
}
