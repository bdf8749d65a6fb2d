import { fileOf, type Step } from '../../model/types.ts'
import { commandsOf, programOf } from '../../shell/index.ts'
import type { Range } from '../../source.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const confusedAutoMerge = defineRule({
  id: 'confused-auto-merge',
  title: 'Whoever fools a bot check gets merged',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['C2'],
  cwe: ['CWE-441', 'CWE-290'],
  cicd: ['CICD-SEC-1'],
  fix: 'none',

  *step(step) {
    const at = mergeIn(step)
    if (!at) return
    const conditions = [step.if, step.job?.if].filter((one) => one !== undefined)
    const trusting = conditions.find(
      (one) => /github\.(?:actor|triggering_actor)\b/.test(one.value) && /\[bot\]/.test(one.value) && !/!=/.test(one.value),
    )
    if (!trusting) return
    // The action looks at the commits themselves and fails when they are not the bot's.
    if (
      step.siblings
        .slice(0, step.index)
        .some(
          (other) =>
            other.uses?.action === 'dependabot/fetch-metadata' && !/skip-verification/.test([...other.with.entries.keys()].join(' ')),
        )
    )
      return
    if (conditions.some((one) => /pull_request\.user\.login/.test(one.value))) return
    const file = fileOf(step)
    yield {
      at,
      message:
        'This approves or merges a pull request because `github.actor` is a bot; an outsider who makes the bot act last on their own pull request gets it merged.',
      trace: [
        { role: 'guard', message: 'the actor is whoever acted last', file, range: trusting },
        { role: 'sink', message: 'approved or merged', file, range: at },
      ],
    }
  },
})

const MERGERS: ReadonlySet<string> = new Set([
  'ahmadnassri/action-dependabot-auto-merge',
  'fastify/github-action-merge-dependabot',
  'hmarr/auto-approve-action',
  'peter-evans/enable-pull-request-automerge',
  'pascalgn/automerge-action',
  'ridedott/merge-me-action',
  'juliangruber/approve-pull-request-action',
])

function mergeIn(step: Step): Range | undefined {
  if (step.uses) return MERGERS.has(step.uses.action) ? step.uses.node : undefined
  const { run } = step
  if (!run) return undefined
  const command = commandsOf(step).find((one) => {
    const { program, args } = programOf(one)
    return (
      program === 'gh' &&
      args[0]?.text === 'pr' &&
      (args[1]?.text === 'merge' || (args[1]?.text === 'review' && args.some((arg) => /^(?:--approve|-a)$/.test(arg.text))))
    )
  })
  return command && sourceRange(run, command.start, command.end)
}
