import { walk } from '../../expressions/ast.ts'
import { EVENTS } from '../../flow/triggers.ts'
import { rangeIn } from '../../model/places.ts'
import type { Job, Workflow } from '../../model/types.ts'
import type { Report } from '../../rule.ts'
import { child, isMap, isSeq, scalarOf, sourceRange, type ScalarNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const syntax = defineRule({
  id: 'syntax',
  title: 'GitHub would not accept this',
  severity: 'medium',
  confidence: 'high',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F10'],
  cwe: ['CWE-1286'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *workflow(workflow) {
    const { root, file } = workflow
    if (!workflow.on) yield { at: { start: root.start, end: root.start + 1 }, message: 'A workflow needs `on`.' }
    if (!root.index.has('jobs')) yield { at: { start: root.start, end: root.start + 1 }, message: 'A workflow needs `jobs`.' }
    for (const { key } of root.entries)
      if (!WORKFLOW_KEYS.has(key.value)) yield { at: key, message: `\`${key.value}\` is no key of a workflow.` }
    for (const trigger of workflow.triggers) {
      if (!EVENTS.has(trigger.event)) yield { at: trigger.node, message: `\`${trigger.event}\` is no event that starts workflows.` }
      for (const cron of trigger.event === 'schedule' ? cronsOf(workflow) : [])
        if (!isCron(cron.value)) yield { at: cron, message: `\`${cron.value}\` is no schedule of five fields.` }
    }
    for (const job of workflow.jobs) yield* checkJob(job)
    void file
  },
  *expression(place) {
    const { embedded, scalar } = place
    if (embedded.error)
      yield {
        at: sourceRange(scalar, embedded.error.start, Math.max(embedded.error.end, embedded.error.start + 1)),
        message: `This is no expression: ${embedded.error.message}`,
      }
    else if (embedded.expression) {
      for (const part of walk(embedded.expression)) {
        if (part.type === 'call' && !FUNCTIONS.has(part.name.toLowerCase()))
          yield { at: rangeIn(place, part), message: `\`${part.name}\` is no function of expressions.` }
        if (part.type === 'name' && !CONTEXTS.has(part.name.toLowerCase()))
          yield { at: rangeIn(place, part), message: `\`${part.name}\` is no context of expressions.` }
      }
    }
  },
})

/** Sources of the key sets: the workflow schema of GitHub's language services, 0.3.61, and SchemaStore's github-workflow.json. */
const WORKFLOW_KEYS: ReadonlySet<string> = new Set([
  'name',
  'run-name',
  'on',
  'true',
  'permissions',
  'env',
  'defaults',
  'concurrency',
  'jobs',
])
const JOB_KEYS: ReadonlySet<string> = new Set([
  'name',
  'permissions',
  'needs',
  'if',
  'runs-on',
  'environment',
  'concurrency',
  'outputs',
  'env',
  'defaults',
  'steps',
  'timeout-minutes',
  'strategy',
  'continue-on-error',
  'container',
  'services',
  'uses',
  'with',
  'secrets',
  'snapshot',
  'cancel-timeout-minutes',
  'stack',
  'drives',
])
const STEP_KEYS: ReadonlySet<string> = new Set([
  'id',
  'if',
  'name',
  'uses',
  'run',
  'working-directory',
  'shell',
  'with',
  'env',
  'continue-on-error',
  'timeout-minutes',
  'background',
  'wait',
  'wait-all',
  'cancel',
  'parallel',
])
const FUNCTIONS: ReadonlySet<string> = new Set([
  'contains',
  'startswith',
  'endswith',
  'format',
  'join',
  'tojson',
  'fromjson',
  'hashfiles',
  'success',
  'always',
  'cancelled',
  'failure',
  'case',
])
const CONTEXTS: ReadonlySet<string> = new Set([
  'github',
  'env',
  'vars',
  'job',
  'jobs',
  'steps',
  'runner',
  'secrets',
  'strategy',
  'matrix',
  'needs',
  'inputs',
])

function cronsOf(workflow: Workflow): ScalarNode[] {
  const list = child(workflow.on?.value, 'schedule')
  return isSeq(list) ? list.items.flatMap((item) => scalarOf(item, 'cron') ?? []) : []
}

function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/)
  return text.includes('${{') || (fields.length === 5 && fields.every((field) => /^[\d*,/\-A-Za-z]+$/.test(field)))
}

function* checkJob(job: Job): Generator<Report> {
  for (const { key } of job.node.entries) if (!JOB_KEYS.has(key.value)) yield { at: key, message: `\`${key.value}\` is no key of a job.` }
  if (!/^[A-Za-z_][\w-]*$/.test(job.id)) yield { at: job.key, message: `\`${job.id}\` is no valid id of a job.` }
  if (!job.uses && !job.node.index.has('runs-on')) yield { at: job.key, message: 'A job needs `runs-on`.' }
  for (const need of job.needs) {
    if (!need.value.includes('${{') && !job.workflow.jobs.some((other) => other.id === need.value))
      yield { at: need, message: `There is no job \`${need.value}\`.` }
    else if (need.value === job.id) yield { at: need, message: 'A job cannot need itself.' }
  }
  const steps = child(job.node, 'steps')
  const maps = isSeq(steps) ? steps.items.flatMap((item) => (isMap(item) && isSeq(child(item, 'parallel')) ? [item] : [item])) : []
  for (const item of maps) {
    if (!isMap(item)) {
      yield { at: item, message: 'A step is a map of keys.' }
      continue
    }
    for (const { key } of item.entries) if (!STEP_KEYS.has(key.value)) yield { at: key, message: `\`${key.value}\` is no key of a step.` }
    const kinds = ['run', 'uses', 'wait', 'wait-all', 'cancel', 'parallel'].filter((kind) => item.index.has(kind))
    const first = item.entries[0]?.key ?? item
    if (kinds.length === 0) yield { at: first, message: 'A step needs `run`, `uses`, `wait`, `wait-all`, `cancel` or `parallel`.' }
    else if (kinds.length > 1)
      yield {
        at: item.index.get(kinds[1] ?? '')?.key ?? first,
        message: `A step has one of ${kinds.map((kind) => `\`${kind}\``).join(' and ')}, not both.`,
      }
  }
  const seen = new Set<string>()
  for (const step of job.steps) {
    if (step.id === undefined) continue
    if (seen.has(step.id))
      yield { at: scalarOf(step.node, 'id') ?? step.node, message: `The id \`${step.id}\` is given twice in this job.` }
    seen.add(step.id)
  }
}
