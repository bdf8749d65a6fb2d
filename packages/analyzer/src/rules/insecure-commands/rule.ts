import { removeEntry } from '../../fix/edit.ts'
import type { Env } from '../../model/types.ts'
import { booleanOf, isMap, isScalar, type MapNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const insecureCommands = defineRule({
  id: 'insecure-commands',
  title: 'The old workflow commands are switched on',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F1'],
  cwe: ['CWE-77'],
  cicd: ['CICD-SEC-4'],
  fix: 'review',

  *unit(unit) {
    if (unit.kind !== 'workflow' && unit.kind !== 'action') return
    const steps = unit.kind === 'workflow' ? unit.jobs.flatMap((job) => job.steps) : unit.steps
    const owners: readonly { readonly env: Env; readonly map: MapNode }[] = [
      ...(unit.kind === 'workflow'
        ? [{ env: unit.env, map: unit.root }, ...unit.jobs.map((job) => ({ env: job.env, map: job.node }))]
        : []),
      ...steps.map((step) => ({ env: step.env, map: step.node })),
    ]
    for (const { env, map } of owners) {
      const entry = env.variables.get('ACTIONS_ALLOW_UNSECURE_COMMANDS')
      if (!entry || !isScalar(entry.value)) continue
      const truth = booleanOf(entry.value)
      if (truth === false) continue
      yield {
        at: entry.key,
        level: truth === true ? 'default' : 'audit',
        message: 'Any line that a program prints can now set variables and the path of all later steps.',
        fix: () => {
          if (!isMap(env.node)) return { refused: 'The environment is not a map here.' }
          const only = env.node.entries.length === 1
          return {
            safety: 'review',
            title: 'Take the variable out',
            caution: 'Steps that still print `::set-env` or `::add-path` stop working; let them write to GITHUB_ENV and GITHUB_PATH.',
            edits: only ? removeEntry(unit.file, map, 'env') : removeEntry(unit.file, env.node, entry.key.value),
          }
        },
      }
    }
  },
})
