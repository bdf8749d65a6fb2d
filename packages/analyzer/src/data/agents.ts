/*
 * AI agents as they run in workflows: which inputs hold the prompt, which let strangers start them, which widen what they may do. Facts from
 * the actions' own documentation (`action.yml` and security notes), read in 2026-08.
 */

export interface AgentAction {
  /** Inputs that become the prompt, in lower case. */
  readonly prompts: readonly string[]
  /** Inputs in which `*` lets anybody, or any bot, start the agent. */
  readonly admits: readonly string[]
  /** Whether it can run commands or change files; one that only answers can still be made to lie. */
  readonly acts: boolean
}

export const AGENT_ACTIONS: ReadonlyMap<string, AgentAction> = new Map<string, AgentAction>([
  [
    'anthropics/claude-code-action',
    {
      prompts: ['prompt', 'direct_prompt', 'override_prompt', 'custom_instructions'],
      admits: ['allowed_non_write_users', 'allowed_bots'],
      acts: true,
    },
  ],
  ['anthropics/claude-code-base-action', { prompts: ['prompt', 'system_prompt', 'append_system_prompt'], admits: [], acts: true }],
  ['openai/codex-action', { prompts: ['prompt'], admits: ['allow-users', 'allow-bot-users'], acts: true }],
  ['google-github-actions/run-gemini-cli', { prompts: ['prompt'], admits: [], acts: true }],
  ['google-gemini/gemini-cli-action', { prompts: ['prompt'], admits: [], acts: true }],
  ['sst/opencode/github', { prompts: ['prompt'], admits: [], acts: true }],
  ['anomalyco/opencode/github', { prompts: ['prompt'], admits: [], acts: true }],
  ['augmentcode/augment-agent', { prompts: ['instruction', 'instruction_file'], admits: [], acts: true }],
  ['warpdotdev/warp-agent-action', { prompts: ['prompt'], admits: [], acts: true }],
  ['sourcegraph/amp-action', { prompts: ['prompt'], admits: [], acts: true }],
  ['actions/ai-inference', { prompts: ['prompt', 'system-prompt'], admits: [], acts: false }],
])

/** Programs that are agents. `answers` is the subcommand or option without which a call starts none (`codex login`). */
export const AGENT_PROGRAMS: ReadonlyMap<string, RegExp> = new Map([
  ['claude', /^(?:-p|--print)$/],
  ['codex', /^(?:exec|e|review)$/],
  ['gemini', /^(?:-p|--prompt|-y|--yolo)$/],
  ['copilot', /^(?:-p|--prompt)$/],
  ['opencode', /^run$/],
  ['cursor-agent', /^(?:-p|--print)$/],
  ['amp', /^(?:-x|--execute)$/],
  ['goose', /^run$/],
  ['aider', /^(?:-m|--message)$/],
])

/** Options of agents that take every brake off, wherever they are written. */
export const AGENT_NO_BRAKES: RegExp =
  /--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--yolo\b|--allow-all-tools|--permission-mode[ =]["']?bypassPermissions|--sandbox[ =]["']?danger-full-access|--approval-mode[ =]["']?yolo/
