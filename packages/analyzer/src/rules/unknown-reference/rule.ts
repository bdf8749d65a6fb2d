import { pathOf, references, type Expression } from '../../expressions/ast.ts'
import { inputDeclarations } from '../../flow/taint.ts'
import { rangeIn, type ExpressionPlace } from '../../model/places.ts'
import { hasTrigger, type Job } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'
import { child, isMap, isScalar, isSeq } from '../../yaml/tree.ts'
import { availableContexts } from './contexts.ts'

export const unknownReference = defineRule({
  id: 'unknown-reference',
  title: 'An expression names something that is not there',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F10'],
  cwe: ['CWE-456'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *expression(place) {
    const { expression } = place.embedded
    if (!expression) return
    const available = availableContexts(place)
    for (const reference of references(expression)) {
      const path = pathOf(reference)
      if (!path) continue
      const [context = ''] = path
      if (available && KNOWN.has(context) && !available.has(context)) {
        yield {
          at: rangeIn(place, reference),
          severity: 'medium',
          message: `\`${context}\` is not available here: GitHub refuses the file.`,
        }
        continue
      }
      const missing = missingIn(place, path, reference)
      // What is not there is empty text: a comparison with it always comes out the same way.
      if (missing !== undefined)
        yield {
          at: rangeIn(place, reference),
          severity: place.role === 'if' ? 'medium' : 'low',
          // A matrix value that no entry gives is mostly an option that is not in use.
          level: context === 'matrix' && place.role !== 'if' ? 'strict' : 'default',
          message: `${missing}; the expression sees an empty value${place.role === 'if' ? ', so the condition does not test what it seems to' : ''}.`,
        }
    }
  },
})

const KNOWN: ReadonlySet<string> = new Set([
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

/** What a path names that does not exist; undefined when it exists or cannot be known. */
function missingIn(place: ExpressionPlace, path: readonly string[], reference: Expression): string | undefined {
  const [context, name, part, output] = path
  if (name === undefined || name === '*') return undefined
  // A name may be compared with a list of its own, as in `matrix.*`; only plain names are looked up.
  void reference
  const { job, step, unit } = place
  switch (context) {
    case 'steps': {
      const steps = step ? step.siblings : unit.kind === 'action' ? unit.steps : job?.steps
      if (!steps || steps.some((one) => one.id === name)) {
        const named = steps?.find((one) => one.id === name)
        if (named && step && named.index > step.index) return `The step \`${name}\` runs only later`
        return undefined
      }
      return steps.some((one) => one.id?.includes('${{')) ? undefined : `There is no step with the id \`${name}\``
    }
    case 'needs':
      return job ? missingNeed(job, name, part, output) : undefined
    case 'inputs':
      if (unit.kind === 'action') return unit.inputs.size === 0 || unit.inputs.has(name) ? undefined : `The action has no input \`${name}\``
      if (!hasTrigger(unit, 'workflow_dispatch', 'workflow_call'))
        return `\`inputs\` is empty in a workflow that is neither called nor started by hand`
      return inputDeclarations(unit, name).length > 0 ? undefined : `No input \`${name}\` is declared`
    case 'matrix':
      return job ? missingMatrix(job, name) : undefined
    case 'jobs':
      return unit.kind === 'workflow' && !unit.jobs.some((one) => one.id.toLowerCase() === name) ? `There is no job \`${name}\`` : undefined
    default:
      return undefined
  }
}

function missingNeed(job: Job, name: string, part: string | undefined, output: string | undefined): string | undefined {
  if (job.needs.some((need) => need.value.includes('${{'))) return undefined
  if (!job.needs.some((need) => need.value.toLowerCase() === name)) return `The job does not wait for \`${name}\` (\`needs\`)`
  const needed = job.workflow.jobs.find((one) => one.id.toLowerCase() === name)
  if (!needed || needed.uses || part !== 'outputs' || output === undefined || output === '*') return undefined
  return needed.outputs.has(output) ? undefined : `The job \`${name}\` has no output \`${output}\``
}

function missingMatrix(job: Job, name: string): string | undefined {
  const { matrix } = job
  if (matrix === undefined) return 'The job has no matrix'
  if (!isMap(matrix)) return undefined
  const include = child(matrix, 'include')
  if (include && !isSeq(include)) return undefined
  if (matrix.entries.some((entry) => entry.key.value.toLowerCase() === name)) return undefined
  for (const item of isSeq(include) ? include.items : []) {
    if (!isMap(item)) return undefined
    if (item.entries.some((entry) => entry.key.value.toLowerCase() === name || (isScalar(entry.key) && entry.key.value === '<<')))
      return undefined
  }
  return `The matrix has no \`${name}\``
}
