import { removeEntry } from '../../fix/edit.ts'
import { defineRule, type Report } from '../../rule.ts'
import type { Env, Step } from '../../model/types.ts'
import { commandsOf } from '../../shell/index.ts'
import type { SourceFile } from '../../source.ts'
import { isMap, isScalar, sourceRange, type MapNode } from '../../yaml/tree.ts'

const NAME = 'ACTIONS_ALLOW_UNSECURE_COMMANDS'

export const insecureCommands = defineRule({
  id: 'insecure-commands',
  title: 'What a step prints may set environment variables',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F1'],
  cwe: ['CWE-77'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1574.007'],
  fix: 'review',

  *workflow(workflow) {
    yield* inEnv(workflow.env, workflow.root, workflow.file)
    for (const job of workflow.jobs) yield* inEnv(job.env, job.node, workflow.file)
  },

  *step(step) {
    const file = (step.action ?? step.job?.workflow)?.file
    if (!file) return
    // Only the runner's own environment counts for an action; for a script, its step's.
    yield* inEnv(step.env, step.node, file)
    yield* inScript(step)
  },
})

function* inEnv(env: Env, owner: MapNode, file: SourceFile): Generator<Report> {
  const entry = env.variables.get(NAME)
  if (!entry || !isScalar(entry.value)) return
  const value = entry.value.value.trim()
  const known = !value.includes('${{')
  if (known && !/^true$/i.test(value)) return
  yield {
    at: { start: entry.key.start, end: entry.value.end },
    level: known ? 'default' : 'audit',
    confidence: known ? 'high' : 'low',
    message: `\`${NAME}\` brings the commands \`::set-env::\` and \`::add-path::\` back: any text that a step prints, a log of foreign code included, can then change how later steps run.`,
    fix: () => ({
      safety: 'review',
      title: `Remove \`${NAME}\``,
      caution:
        'Steps and actions that still print `::set-env::` or `::add-path::` fail then; they must write to `$GITHUB_ENV` or `$GITHUB_PATH`.',
      edits: isMap(env.node) && env.node.entries.length > 1 ? removeEntry(file, env.node, NAME) : removeEntry(file, owner, 'env'),
    }),
  }
}

function* inScript(step: Step): Generator<Report> {
  if (!step.run?.value.includes(NAME)) return
  for (const command of commandsOf(step)) {
    const text = step.run.value.slice(command.start, command.end)
    if (!command.redirects.some((redirect) => redirect.target.text.includes('GITHUB_ENV'))) continue
    const at = text.search(new RegExp(`${NAME}=["']?true`, 'i'))
    if (at !== -1)
      yield {
        at: sourceRange(step.run, command.start + at, command.start + at + NAME.length),
        message: `\`${NAME}\` is switched on for all later steps: any text that one of them prints can then set variables and the path.`,
      }
  }
}
