import type { Severity } from '@gatehouse/schema'
import { AGENT_ACTIONS, AGENT_PROGRAMS } from '../../data/agents.ts'
import { rate } from '../../flow/rate.ts'
import { flowsIntoScalar, resolveEnv, scopeOfStep, type Flow } from '../../flow/taint.ts'
import { fileOf, input, type Step } from '../../model/types.ts'
import { defineRule, type Report } from '../../rule.ts'
import { commandsOf, programOf, type Word } from '../../shell/index.ts'
import type { Range } from '../../source.ts'
import { sourceRange } from '../../yaml/tree.ts'

export const agentPromptInjection = defineRule({
  id: 'agent-prompt-injection',
  title: 'An outsider’s text becomes part of an agent’s prompt',
  severity: 'high',
  confidence: 'medium',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A11'],
  cwe: ['CWE-1427'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1059'],
  fix: 'none',

  *step(step) {
    const agent = AGENT_ACTIONS.get(step.uses?.action ?? '')
    if (agent) {
      for (const name of agent.prompts) {
        const prompt = input(step.with, name)
        if (prompt)
          yield* report(step, flowsIntoScalar(prompt, scopeOfStep(step)), prompt, `\`${name}\` of ${step.uses?.action ?? ''}`, agent.acts)
      }
      return
    }
    if (!step.run) return
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      const starts = AGENT_PROGRAMS.get(program)
      if (!starts || !args.some((arg) => starts.test(arg.text))) continue
      const flows = args.flatMap((arg) => flowsOfWord(arg, step))
      yield* report(step, flows, sourceRange(step.run, command.start, command.end), `the prompt of \`${program}\``, true)
    }
  },
})

function* report(step: Step, flows: readonly Flow[], at: Range, target: string, acts: boolean): Generator<Report> {
  const rated = rate(flows, step)
  // An agent reads any text as it may read the repository; only what outsiders write is news.
  if (!rated || rated.flow.trust !== 'outsider') return
  yield {
    at,
    severity: lowered(rated.severity, acts ? 1 : 2),
    confidence: acts ? 'medium' : 'low',
    level: acts ? rated.level : rated.level === 'default' ? 'strict' : rated.level,
    message: `\`${rated.flow.source}\` goes into ${target}, so its writer can give the agent orders: ${rated.because}.`,
    trace: [...rated.trace, { role: 'sink', message: `read by the agent as part of ${target}`, file: fileOf(step), range: at }],
  }
}

/** Variables of a word and of the commands inside it (`"$(cat prompt.txt)"` says nothing, `"$TITLE"` does). */
function flowsOfWord(word: Word, step: Step): Flow[] {
  return word.parts.flatMap((part) => {
    if (part.kind === 'variable') return resolveEnv(part.name, scopeOfStep(step))
    if (part.kind === 'substitution') return part.commands.flatMap((inner) => inner.words.flatMap((deep) => flowsOfWord(deep, step)))
    return []
  })
}

const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
/** An agent may refuse an order that a shell would obey. */
function lowered(severity: Severity, by: number): Severity {
  return ORDER[Math.max(1, ORDER.indexOf(severity) - by)] ?? 'low'
}
