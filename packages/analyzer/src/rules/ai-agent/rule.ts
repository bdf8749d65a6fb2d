import { reachOf, stepExposures, worst } from '../../flow/exposure.ts'
import { rate } from '../../flow/rate.ts'
import { flowsIntoScalar, scopeOfStep } from '../../flow/taint.ts'
import { fileOf, type Step } from '../../model/types.ts'
import type { Range } from '../../source.ts'
import { isScalar, sourceRange, type ScalarNode } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const aiAgent = defineRule({
  id: 'ai-agent',
  title: 'An AI agent can be steered by outsiders',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A11'],
  cwe: ['CWE-1427', 'CWE-94'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const agent = agentIn(step)
    if (!agent) return
    const exposures = stepExposures(step)
    const found = worst(exposures.filter((exposure) => exposure.facts.startedBy === 'outsider' && exposure.facts.privileged))
    const open = step.with.entries.get('allowed_non_write_users') ?? step.with.entries.get('allow-users')
    if (open && isScalar(open.value) && open.value.value.includes('*'))
      yield { at: open.key, severity: 'high', message: 'Everybody on the internet may give this agent tasks.' }
    for (const { key, value, what } of unsafeFlags(step))
      yield {
        at: value,
        severity: found && reachOf(found.exposure) === 'open' ? 'high' : 'medium',
        level: found ? 'default' : 'strict',
        message: `\`${key}\` ${what}; what the agent reads decides what runs.`,
      }
    const prompt = agent.prompt
    if (!prompt) return
    const flows = flowsIntoScalar(prompt, scopeOfStep(step))
    const rated = rate(
      flows.filter((flow) => flow.trust === 'outsider'),
      step,
    )
    if (!rated || rated.severity === 'low' || rated.severity === 'info') return
    yield {
      at: prompt.style === 'literal' || prompt.style === 'folded' ? { start: prompt.start, end: prompt.start + 1 } : prompt,
      severity: rated.severity === 'critical' ? 'high' : 'medium',
      confidence: 'medium',
      message: `\`${rated.flow.source}\` is part of what the agent is told, so its author can tell it what to do: ${rated.because}.`,
      trace: [...rated.trace, { role: 'sink', message: 'part of the prompt', file: fileOf(step), range: prompt }],
    }
  },
})

/** Actions that hand a prompt to an agent with tools. */
const AGENTS =
  /^(?:anthropics\/claude-code(?:-base)?-action|google-github-actions\/run-gemini-cli|google-gemini\/gemini-cli-action|openai\/codex-action|actions\/ai-inference|github\/copilot-.*|warpdotdev\/warp-agent-action|sourcegraph\/amp-action|cursor\/.*|opencode-ai\/.*|sst\/opencode\/github)$/
const PROMPTS = [
  'prompt',
  'direct_prompt',
  'override_prompt',
  'custom_instructions',
  'system-prompt',
  'prompt-file',
  'task',
  'instructions',
  'append_system_prompt',
]

function agentIn(step: Step): { readonly prompt: ScalarNode | undefined } | undefined {
  if (step.uses && AGENTS.test(step.uses.action)) {
    const prompt = PROMPTS.map((name) => step.with.entries.get(name)?.value).find((value) => isScalar(value) && value.value.includes('${{'))
    return { prompt: isScalar(prompt) ? prompt : undefined }
  }
  if (step.run && COMMANDS.test(step.run.value)) return { prompt: undefined }
  return undefined
}

const COMMANDS = /\b(?:claude|codex|gemini|opencode|amp|goose)\s+(?:-p|--print|exec|run|--prompt|--dangerously|--yolo)/

interface Flag {
  readonly key: string
  readonly value: Range
  readonly what: string
}

/** Settings that let the agent do anything. */
function unsafeFlags(step: Step): Flag[] {
  const flags: Flag[] = []
  const look = (key: string, scalar: ScalarNode): void => {
    const skip =
      /--dangerously-skip-permissions|--yolo\b|--dangerously-bypass-approvals-and-sandbox|danger-full-access|bypassPermissions|"approvalMode"\s*:\s*"yolo"/.exec(
        scalar.value,
      )
    if (skip)
      flags.push({
        key,
        value: sourceRange(scalar, skip.index, skip.index + skip[0].length),
        what: 'takes every question and the sandbox away',
      })
    // `Bash` alone allows every program; `Bash(git log:*)` allows one.
    const bash = /(?:allowed[-_]?tools|coreTools)["']?[\s:="']+[^\n]*?\b(Bash|run_shell_command)\b(?!\s*\()/i.exec(
      `${key}: ${scalar.value}`,
    )
    if (bash && !skip) flags.push({ key, value: scalar, what: 'lets the agent run every program' })
  }
  for (const [key, entry] of step.with.entries) if (isScalar(entry.value)) look(key, entry.value)
  if (step.run) look('run', step.run)
  return flags
}
