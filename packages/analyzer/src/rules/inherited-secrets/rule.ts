import { jobExposures, reachOf } from '../../flow/exposure.ts'
import { secretsIn, JOB_TOKEN } from '../../flow/secrets.ts'
import { columnOf, eolOf } from '../../fix/edit.ts'
import { placesOf } from '../../model/places.ts'
import { reusableWorkflow } from '../../model/repository.ts'
import type { Job, Workflow } from '../../model/types.ts'
import { defineRule, type Fix, type Refusal } from '../../rule.ts'
import { child, isMap, isScalar, textOf } from '../../yaml/tree.ts'

export const inheritedSecrets = defineRule({
  id: 'inherited-secrets',
  title: 'A called workflow gets every secret',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D5'],
  cwe: ['CWE-522', 'CWE-272'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-2'],
  attack: ['T1552'],
  fix: 'review',

  *job(job) {
    const { secrets, uses } = job
    if (!uses || !isScalar(secrets) || secrets.value !== 'inherit') return
    const callee = reusableWorkflow(job.workflow.repository, uses)
    const needed = callee && neededSecrets(callee)
    const local = uses.kind === 'local' || uses.kind === 'self'
    const open = jobExposures(job).some(
      (exposure) => exposure.facts.startedBy === 'outsider' && exposure.facts.privileged && reachOf(exposure) !== 'guarded',
    )
    const which =
      needed === undefined
        ? ''
        : needed.size === 0
          ? ' It uses none.'
          : ` It uses ${[...needed.keys()]
              .slice(0, 5)
              .map((name) => `\`${name}\``)
              .join(', ')}${needed.size > 5 ? ' and others' : ''}.`
    yield {
      at: secrets,
      // Within one repository the same people decide about both ends; elsewhere somebody else does.
      severity: local && !open ? 'low' : 'medium',
      level: local && !open ? 'strict' : 'default',
      message: `\`secrets: inherit\` hands every secret of this repository and its organisation to \`${uses.text}\`, also those made later.${which}`,
      trace: [
        {
          role: 'sink',
          message: local ? 'this workflow gets them' : 'this workflow of another repository gets them',
          file: job.workflow.file,
          range: uses.node,
        },
      ],
      fix: () => fixFor(job, needed),
    }
  },
})

/** Names that a called workflow takes or uses, with whether it requires them; undefined when it hands all of them on, or takes them all at once. */
function neededSecrets(callee: Workflow): ReadonlyMap<string, boolean> | undefined {
  const names = new Map<string, boolean>()
  const declared = child(child(child(callee.root, 'on'), 'workflow_call'), 'secrets')
  if (isMap(declared))
    for (const { key, value } of declared.entries) names.set(key.value.toUpperCase(), textOf(value, 'required') === 'true')
  // What it hands on is not looked into, except to itself, where nothing new can be.
  if (
    callee.jobs.some(
      (job) =>
        isScalar(job.secrets) && job.secrets.value === 'inherit' && job.uses && reusableWorkflow(callee.repository, job.uses) !== callee,
    )
  )
    return undefined
  for (const { embedded } of placesOf(callee)) {
    if (!embedded.expression) continue
    for (const { name } of secretsIn(embedded.expression)) if (name !== JOB_TOKEN && !names.has(name)) names.set(name, false)
  }
  if (placesOf(callee).some(({ embedded, scalar }) => /secrets\s*(?:\[|\)|\}|$)/i.test(scalar.value.slice(embedded.start, embedded.end))))
    return undefined
  return names
}

function fixFor(job: Job, needed: ReadonlyMap<string, boolean> | undefined): Fix | Refusal {
  const { secrets, node, workflow } = job
  if (!isScalar(secrets) || !needed) return { refused: 'Which secrets the called workflow uses is not known here.' }
  const undeclared = 'A called workflow that is given secrets by name must declare them under `on.workflow_call.secrets`.'
  const callee = job.uses && reusableWorkflow(workflow.repository, job.uses)
  const declared = callee && child(child(child(callee.root, 'on'), 'workflow_call'), 'secrets')
  const known = new Set(isMap(declared) ? declared.entries.map(({ key }) => key.value.toUpperCase()) : [])
  if ([...needed.keys()].some((name) => !known.has(name))) return { refused: undeclared }
  if (node.flow || secrets.style !== 'plain') return { refused: 'The job is written in a form that has to be changed by hand.' }
  const indent = ' '.repeat(columnOf(workflow.file, node) + 2)
  const eol = eolOf(workflow.file)
  const values = [...needed.keys()].map((name) => [name, `\${{ secrets.${name} }}`] as const)
  const text = values.length === 0 ? '{}' : values.map(([name, value]) => `${eol}${indent}${name}: ${value}`).join('')
  // The space after the colon would stay at the end of the line.
  const start = values.length > 0 && workflow.file.text[secrets.start - 1] === ' ' ? secrets.start - 1 : secrets.start
  return {
    safety: 'review',
    title: 'Name the secrets that the called workflow uses',
    caution: 'A secret that the called workflow reaches in a way that is not seen here would be empty.',
    edits: [{ start, end: secrets.end, text, intent: { node: secrets, become: Object.fromEntries(values) } }],
  }
}
