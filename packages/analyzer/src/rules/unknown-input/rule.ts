import { inputDeclarations } from '../../flow/taint.ts'
import { localAction, reusableWorkflow } from '../../model/repository.ts'
import { unitOf, type Workflow } from '../../model/types.ts'
import { defineRule, type Report } from '../../rule.ts'
import { booleanOf, child, isMap, isNull, isScalar, type MapNode } from '../../yaml/tree.ts'

export const unknownInput = defineRule({
  id: 'unknown-input',
  title: 'An input does not fit what is called',
  severity: 'low',
  confidence: 'high',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F10'],
  cwe: ['CWE-628'],
  cicd: ['CICD-SEC-10'],
  fix: 'none',

  *uses(uses, place) {
    const repository = unitOf(place)?.repository
    if (!repository) return
    if (place.kind === 'step') {
      const action = localAction(repository, uses)
      if (!action || action.root.entries.length === 0) return
      for (const entry of place.with.entries.values()) {
        const name = entry.key.value
        if (action.inputs.has(name.toLowerCase()) || (action.using?.value === 'docker' && /^(?:args|entrypoint)$/i.test(name))) continue
        yield { at: entry.key, message: `\`${uses.text}\` has no input \`${name}\`; the value is not used.` }
      }
      for (const [name, declared] of action.inputs) {
        if (place.with.entries.has(name) || declared.default || booleanOf(child(declared.node, 'required')) !== true) continue
        yield { at: uses.node, message: `\`${uses.text}\` requires the input \`${name}\`, which GitHub does not check: it is empty.` }
      }
      return
    }
    const workflow = reusableWorkflow(repository, uses)
    const call = workflow?.triggers.find((trigger) => trigger.event === 'workflow_call')
    if (!workflow) return
    if (!call) {
      yield { at: uses.node, severity: 'medium', message: `\`${uses.text}\` has no \`workflow_call\`, so GitHub refuses to call it.` }
      return
    }
    for (const entry of place.with.entries.values())
      if (!declares(workflow, entry.key.value))
        yield {
          at: entry.key,
          severity: 'medium',
          message: `\`${uses.text}\` has no input \`${entry.key.value}\`: GitHub refuses the call.`,
        }
    yield* missing(child(call.options, 'inputs'), new Set(place.with.entries.keys()), uses.node, uses.text, 'input')
    const secrets = child(call.options, 'secrets')
    if (isMap(place.secrets)) {
      for (const entry of place.secrets.entries)
        if (!(isMap(secrets) && named(secrets, entry.key.value)))
          yield {
            at: entry.key,
            severity: 'medium',
            message: `\`${uses.text}\` has no secret \`${entry.key.value}\`: GitHub refuses the call.`,
          }
      yield* missing(secrets, new Set(place.secrets.entries.map((entry) => entry.key.value.toLowerCase())), uses.node, uses.text, 'secret')
    } else if (!(isScalar(place.secrets) && place.secrets.value === 'inherit'))
      yield* missing(secrets, new Set(), uses.node, uses.text, 'secret')
  },
})

function declares(workflow: Workflow, name: string): boolean {
  return inputDeclarations(workflow, name.toLowerCase()).some((declaration) => declaration.event === 'workflow_call')
}

function named(map: MapNode, name: string): boolean {
  return map.entries.some((entry) => entry.key.value.toLowerCase() === name.toLowerCase())
}

function* missing(
  declared: ReturnType<typeof child>,
  given: ReadonlySet<string>,
  at: Report['at'],
  text: string,
  what: string,
): Generator<Report> {
  if (!isMap(declared)) return
  for (const entry of declared.entries) {
    if (
      booleanOf(child(entry.value, 'required')) !== true ||
      given.has(entry.key.value.toLowerCase()) ||
      !isNull(child(entry.value, 'default'))
    )
      continue
    yield {
      at,
      severity: 'medium',
      message: `\`${text}\` requires the ${what} \`${entry.key.value}\`: GitHub refuses the call without it.`,
    }
  }
}
