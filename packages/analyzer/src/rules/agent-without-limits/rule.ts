import { AGENT_ACTIONS, AGENT_NO_BRAKES, AGENT_PROGRAMS } from '../../data/agents.ts'
import { explainExposure, stepExposures, worst } from '../../flow/exposure.ts'
import { fileOf, input, type Step } from '../../model/types.ts'
import { defineRule, type Report } from '../../rule.ts'
import { commandsOf, programOf } from '../../shell/index.ts'
import type { Range } from '../../source.ts'
import { isScalar, sourceRange } from '../../yaml/tree.ts'

export const agentWithoutLimits = defineRule({
  id: 'agent-without-limits',
  title: 'An agent may run any command',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A11'],
  cwe: ['CWE-250'],
  cicd: ['CICD-SEC-5'],
  attack: ['T1059'],
  fix: 'none',

  *step(step) {
    if (step.uses && AGENT_ACTIONS.get(step.uses.action)?.acts) {
      for (const [name, entry] of step.with.entries) {
        if (!isScalar(entry.value)) continue
        const found = NO_LIMITS.exec(name, entry.value.value)
        if (found) yield report(step, sourceRange(entry.value, found.start, found.end), found.what)
      }
      const codexPolicy = step.uses.action === 'openai/codex-action' ? input(step.with, 'safety-strategy') : undefined
      if (codexPolicy?.value.trim() === 'unsafe') yield report(step, codexPolicy, 'safety-strategy: unsafe')
      return
    }
    if (!step.run) return
    for (const command of commandsOf(step)) {
      const { program } = programOf(command)
      if (
        !AGENT_PROGRAMS.has(program) &&
        !(program === 'npx' && command.words.some((word) => /claude-code|codex|gemini-cli/.test(word.text)))
      )
        continue
      const text = step.run.value.slice(command.start, command.end)
      const found = AGENT_NO_BRAKES.exec(text) ?? toolWildcard(text)
      if (found)
        yield report(step, sourceRange(step.run, command.start + found.index, command.start + found.index + found[0].length), found[0])
    }
  },
})

const NO_LIMITS = {
  exec(name: string, value: string): { start: number; end: number; what: string } | undefined {
    if (name === 'sandbox' && /^\s*danger-full-access\s*$/.test(value))
      return { start: 0, end: value.length, what: 'sandbox: danger-full-access' }
    if (/prompt|instruction/.test(name)) return undefined
    const found =
      AGENT_NO_BRAKES.exec(value) ??
      (name === 'allowed_tools' ? /(?:^|[\s,])(Bash(?:\(\*(?::\*)?\))?)(?=$|[\s,])/.exec(value) : toolWildcard(value))
    return found ? { start: found.index, end: found.index + found[0].length, what: found[0].trim() } : undefined
  },
}

/** `Bash` without a command in brackets after `--allowedTools`: every command. */
function toolWildcard(text: string): RegExpExecArray | null {
  return /--allowed-?[tT]ools[ =][^\n]*?\bBash(?:\(\*(?::\*)?\))?(?=["'\s,]|$)/.exec(text)
}

function report(step: Step, at: Range, what: string): Report {
  const found = worst(stepExposures(step).filter((exposure) => exposure.event !== 'unknown' && exposure.facts.startedBy === 'outsider'))
  const open = found !== undefined && found.severity !== 'low'
  return {
    at,
    severity: open ? (found.severity === 'critical' ? 'high' : 'medium') : 'low',
    level: open ? 'default' : 'strict',
    message: open
      ? `\`${what}\` lets the agent run any command, and the event ${found.exposure.event} lets outsiders decide what it reads.`
      : `\`${what}\` lets the agent run any command; a file or page that it reads can then order one.`,
    trace: [
      ...(found ? explainExposure(found.exposure) : []),
      { role: 'sink', message: 'commands run without being asked for', file: fileOf(step), range: at },
    ],
  }
}
