/* Code of an outsider on the runner: where it is checked out, and what runs it. */
import { CHECKOUT_ACTIONS } from '../data/actions.ts'
import { INTERPRETERS, RUNS_FOLDER, RUNS_FOLDER_ACTIONS, RUNS_FOLDER_WITH } from '../data/commands.ts'
import { contributions } from '../expressions/contexts.ts'
import { expressionsOf } from '../expressions/embedded.ts'
import { input, later, type Step } from '../model/types.ts'
import { baseName, commandsOf, programOf, type Command } from '../shell/index.ts'
import type { Range } from '../source.ts'
import { sourceRange, type ScalarNode } from '../yaml/tree.ts'
import { flowsInto, scopeOfStep, type Scope, scriptEffects } from './taint.ts'

export interface UntrustedCheckout {
  readonly step: Step
  readonly at: Range
  /** As written, for messages. */
  readonly text: string
  /** Whether its owner can change what the name stands for after somebody has looked: a branch or a pull request's number, not a commit. */
  readonly mutable: boolean
  /** Whether it is certain that this is a pull request's code. */
  readonly certain: boolean
  /** Folder it is put into; empty for the workspace. */
  readonly folder: string
  /** Whether the checkout action itself refuses forks where the run is privileged. */
  readonly refusedByAction: boolean
  /** Other inputs and steps that make it an outsider's. */
  readonly also: readonly Range[]
}

/** The untrusted checkout that a step makes; undefined for other steps. */
export function outsidersCheckout(step: Step): UntrustedCheckout | undefined {
  if (step.uses) {
    if (!CHECKOUT_ACTIONS.has(step.uses.action)) return undefined
    const found = ['ref', 'repository'].flatMap((name) => {
      const value = input(step.with, name)
      const what = value && reference(value, scopeOfStep(step))
      return value && what ? [{ value, what }] : []
    })
    const [first] = found
    if (!first) return undefined
    const also = [...found.slice(1).map(({ value }) => value), ...(first.what.through ?? [])]
    const { mutable, certain } = first.what
    return {
      step,
      at: first.value,
      text: first.value.value.trim(),
      mutable,
      certain,
      folder: folderOf(input(step.with, 'path')?.value ?? ''),
      refusedByAction: refuses(step),
      also,
    }
  }
  const { run } = step
  if (!run) return undefined
  for (const command of commandsOf(step)) {
    const found = fetches(step, command)
    if (found)
      return {
        step,
        at: sourceRange(run, command.start, command.end),
        text: run.value.slice(command.start, command.end).split('\n')[0] ?? '',
        ...found,
        folder: '',
        refusedByAction: false,
        also: [],
      }
  }
  return undefined
}

/** Context references that name a pull request's code. */
const MUTABLE =
  /^(?:github\.head_ref|github\.event\.pull_request\.head\.(?:ref|label)|github\.event\.(?:pull_request\.number|number|issue\.number)|github\.event\.workflow_run\.(?:head_branch|pull_requests\.\*\.(?:number|head\.ref))|github\.event\.pull_request\.head\.repo\.(?:full_name|clone_url|name)|github\.event\.workflow_run\.head_repository\.full_name|github\.event\.check_suite\.pull_requests\.\*\.(?:number|head\.ref)|github\.event\.client_payload\..*)$/
const FIXED =
  /^github\.event\.(?:pull_request\.(?:head\.sha|merge_commit_sha)|workflow_run\.(?:head_sha|head_commit\.id|pull_requests\.\*\.head\.sha)|after)$/
const NUMBER = /(?:\.number|\.\*\.number)$/

interface Named {
  readonly mutable: boolean
  readonly certain: boolean
  /** Inputs of a step that the value went through. */
  readonly through?: readonly Range[]
}

function reference(value: ScalarNode, scope: Scope, depth = 0): Named | undefined {
  for (const { expression } of expressionsOf(value)) {
    if (!expression) continue
    for (const contribution of contributions(expression)) {
      const name = contribution.path.join('.')
      if (FIXED.test(name)) return { mutable: false, certain: true }
      if (MUTABLE.test(name) && (!NUMBER.test(name) || value.value.includes('pull/')))
        return { mutable: true, certain: !name.includes('client_payload') }
      if (depth < 4 && (contribution.path[0] === 'env' || contribution.path[0] === 'inputs')) {
        const below = indirect(contribution.path[0], contribution.path[1] ?? '', value, scope, depth)
        if (below) return below
      }
      if (contribution.path[0] === 'steps' || contribution.path[0] === 'needs') {
        const flows = flowsInto(expression, value, scope)
        if (flows.some((flow) => flow.trust === 'outsider')) return { mutable: true, certain: true }
        const below = passedThrough(contribution.path, scope)
        if (below) return below
        // An output named like this under such a trigger is what resolve steps are written for.
        if (
          /(?:^|[._-])(?:head[_-]?(?:sha|ref)|pr[_-]?(?:sha|ref|head|number)|sha|ref|branch|commit[_-]?(?:sha|ref)?|head)$/.test(
            contribution.path.at(-1) ?? '',
          ) ||
          value.value.includes('refs/pull/')
        ) {
          return { mutable: !/sha|commit/.test(contribution.path.at(-1) ?? ''), certain: false }
        }
      }
    }
  }
  return undefined
}

function indirect(
  context: string,
  name: string,
  value: ScalarNode,
  scope: Scope,
  depth: number,
): { mutable: boolean; certain: boolean } | undefined {
  if (context === 'env') {
    for (const env of [scope.step?.env, scope.job?.env, scope.unit.kind === 'workflow' ? scope.unit.env : undefined]) {
      for (const [key, entry] of env?.variables ?? []) {
        if (key.toLowerCase() === name && entry.value.kind === 'scalar') return referenceOrPull(entry.value, value, scope, depth)
      }
    }
    return undefined
  }
  const callers = scope.unit.kind === 'workflow' ? (scope.unit.repository.callers.get(scope.unit.path) ?? []) : []
  for (const job of callers) {
    const passed = input(job.with, name)
    const found = passed && referenceOrPull(passed, value, { unit: job.workflow, job, step: undefined }, depth)
    if (found) return found
  }
  if (scope.unit.kind === 'action') {
    for (const step of scope.unit.repository.actionCallers.get(scope.unit.folder) ?? []) {
      const passed = input(step.with, name)
      const found = passed && referenceOrPull(passed, value, scopeOfStep(step), depth)
      if (found) return found
    }
  }
  return undefined
}

function referenceOrPull(
  value: ScalarNode,
  outer: ScalarNode,
  scope: Scope,
  depth: number,
): { mutable: boolean; certain: boolean } | undefined {
  const found = reference(value, scope, depth + 1)
  if (found) return found
  // The number of a pull request becomes code where `refs/pull/` stands around it.
  if (!outer.value.includes('pull/')) return undefined
  return /github\.event\.(?:pull_request\.number|number|issue\.number)/.test(value.value) ? { mutable: true, certain: true } : undefined
}

/** Values that a step repeats, such as `haya14busa/action-cond`. */
function passedThrough(path: readonly string[], scope: Scope): Named | undefined {
  if (path[0] !== 'steps') return undefined
  const step = scope.job?.steps.find((other) => other.id === path[1])
  if (!step) return undefined
  for (const entry of step.with.entries.values()) {
    if (entry.value.kind !== 'scalar') continue
    if (/refs\/pull\/\$\{\{/.test(entry.value.value))
      return { mutable: true, certain: true, through: [...step.with.entries.values()].map((one) => one.key) }
    const found = reference(entry.value, scope, 4)
    if (found?.certain) return found
  }
  return undefined
}

/** `gh pr checkout`, `git fetch … pull/N`, and `git checkout` of a name that an outsider chose. */
function fetches(step: Step, command: Command): { mutable: boolean; certain: boolean } | undefined {
  const { program, args } = programOf(command)
  const words = args.map((arg) => arg.text)
  if (program === 'gh' && words[0] === 'pr' && words[1] === 'checkout') return { mutable: true, certain: true }
  if (program === 'hub' && words[0] === 'pr' && words[1] === 'checkout') return { mutable: true, certain: true }
  if (program !== 'git') return undefined
  const verb = words.find((word) => !word.startsWith('-'))
  if (verb === undefined || !/^(?:fetch|checkout|pull|switch|merge|worktree|clone|reset|cherry-pick)$/.test(verb)) return undefined
  // A fetch brings objects; code comes with what takes them out.
  if (
    verb === 'fetch' &&
    ![step, ...later(step)].some(
      (other) =>
        other.run &&
        /\bgit\b[^\n]*\b(?:checkout|switch|merge|reset|worktree|cherry-pick|rebase|archive)\b|FETCH_HEAD/.test(other.run.value),
    )
  )
    return undefined
  // A new branch of that name holds what is there already.
  if (words.some((word) => /^-[bBcC]$|^--orphan$/.test(word))) return undefined
  if (words.some((word) => /(?:^|[/+:])pull\/[^ ]*(?:\/(?:head|merge))?/.test(word) && /[$%]|\{\{/.test(word)))
    return { mutable: true, certain: true }
  for (const arg of args) {
    const text = arg.text
    if (/\$\{\{\s*github\.(?:head_ref|event\.pull_request\.head\.ref|event\.workflow_run\.head_branch)/.test(text))
      return verb === 'clone' ? undefined : { mutable: true, certain: true }
    if (/\$\{\{\s*github\.event\.(?:pull_request\.head\.sha|workflow_run\.head_sha)/.test(text) && verb !== 'fetch')
      return { mutable: false, certain: true }
  }
  if (!/^(?:checkout|switch|pull|merge|reset)$/.test(verb)) return undefined
  const effects = scriptEffects(step, scopeOfStep(step))
  if (
    args.some((arg) =>
      effects.flowsInWord(command, arg).some((flow) => flow.trust === 'outsider' && (flow.kind === 'branch' || flow.kind === 'label')),
    )
  )
    return { mutable: true, certain: true }
  return undefined
}

/**
 * Since v7, and in the v4 to v6 releases of 16 July 2026, actions/checkout refuses a fork's code under `pull_request_target` and
 * `workflow_run` unless `allow-unsafe-pr-checkout` is set. Only a moving major tag or a v7 is known to be that recent.
 */
function refuses(step: Step): boolean {
  if (step.uses?.action !== 'actions/checkout') return false
  if (input(step.with, 'allow-unsafe-pr-checkout')?.value === 'true') return false
  return /^v(?:[456]|7(?:\..*)?|[89](?:\..*)?)$/.test(step.uses.ref)
}

function folderOf(path: string): string {
  return path.replace(/^\.?\//, '').replace(/\/$/, '')
}

export interface Execution {
  readonly step: Step
  readonly at: Range
  readonly what: string
}

/** Every step from the checkout on that runs what was checked out. */
export function executionsAfter(checkout: UntrustedCheckout): Execution[] {
  const { step } = checkout
  const found: Execution[] = []
  const own = step.run && executionIn(step, checkout.folder, checkout.at.end)
  if (own) found.push(own)
  for (const other of later(step)) {
    const execution = executionIn(other, checkout.folder)
    if (execution) found.push(execution)
    // Another checkout into the same folder replaces the code.
    if (
      other.uses &&
      CHECKOUT_ACTIONS.has(other.uses.action) &&
      folderOf(input(other.with, 'path')?.value ?? '') === checkout.folder &&
      !outsidersCheckout(other)
    )
      break
  }
  return found
}

/** What a step runs from the working folder (or from `folder`); undefined when nothing. */
export function executionIn(step: Step, folder = '', from = 0): Execution | undefined {
  if (step.uses) {
    const { uses } = step
    if (uses.kind === 'local') {
      return folder === '' || uses.path.startsWith(folder) ? { step, at: uses.node, what: `the local action ${uses.text}` } : undefined
    }
    if (RUNS_FOLDER_ACTIONS.has(uses.action)) {
      if (uses.action === 'ruby/setup-ruby' && input(step.with, 'bundler-cache')?.value !== 'true') return undefined
      if (uses.action === 'pnpm/action-setup' && !step.with.entries.has('run_install')) return undefined
      if (uses.action === 'hashicorp/setup-terraform') return undefined
      return { step, at: uses.node, what: uses.action }
    }
    if (uses.action === 'actions/github-script') {
      const script = input(step.with, 'script')
      const match =
        script && /(?:require|import)\(\s*['"`](?:\.\.?\/|\$\{(?:process\.env\.GITHUB_WORKSPACE|process\.cwd\(\))\})/.exec(script.value)
      if (script && match)
        return { step, at: sourceRange(script, match.index, match.index + match[0].length), what: 'a module of the checked-out code' }
    }
    return undefined
  }
  const { run } = step
  if (!run) return undefined
  if (folder !== '' && step.workingDirectory && !step.workingDirectory.value.replace(/^\.?\//, '').startsWith(folder)) return undefined
  const inFolder = folder === '' || (step.workingDirectory?.value.includes(folder) ?? false)
  let entered = inFolder
  for (const command of commandsOf(step)) {
    const { program, args } = programOf(command)
    if (program === 'cd' && folder !== '' && (args[0]?.text ?? '').includes(folder)) entered = true
    const at = sourceRange(run, command.start, command.end)
    if (at.start < from) continue
    const what = executes(
      command,
      program,
      args.map((arg) => arg.text),
    )
    if (what === undefined) continue
    if (entered || args.some((arg) => arg.text.includes(`${folder}/`)) || command.name.includes(`${folder}/`)) return { step, at, what }
  }
  return undefined
}

function executes(command: Command, program: string, args: readonly string[]): string | undefined {
  const name = baseName(program)
  const first = args.find((arg) => !arg.startsWith('-') && !arg.startsWith('+')) ?? ''
  if (args.includes('--version') || args.includes('--help') || args[0] === '-v' || args[0] === 'version') return undefined
  if (RUNS_FOLDER.has(name)) {
    // Installing a named tool globally, or asking for a setting, reads nothing of the folder.
    if (
      /^(?:npm|pnpm|yarn)$/.test(name) &&
      (/^(?:config|whoami|login|logout|view|info|--version)$/.test(first) || (args.includes('-g') && args.length > 2))
    )
      return undefined
    if (name === 'brew' || name === 'helm')
      return first === 'bundle' || (name === 'helm' && /^(?:template|install|upgrade|dependency)$/.test(first))
        ? `\`${name} ${first}\``
        : undefined
    return `\`${name}${first === '' ? '' : ` ${first}`}\``
  }
  const pattern = RUNS_FOLDER_WITH.get(name)
  if (pattern?.test(first)) {
    if (/^pip3?$/.test(name) && !args.some((arg) => /^(?:-r|--requirement|-e|--editable|\.|\.\/|\.\[|-c)/.test(arg))) return undefined
    return `\`${name} ${first}\``
  }
  if (/^python[\d.]*$/.test(name) && args[0] === '-m') {
    if (/^(?:pip|venv|ensurepip|json\.tool)$/.test(args[1] ?? ''))
      return args.some((arg) => /^(?:-r|-e|\.)/.test(arg)) ? '`python -m pip install`' : undefined
    return `\`python -m ${args[1] ?? ''}\``
  }
  if (INTERPRETERS.has(name) || /^python[\d.]*$/.test(name)) {
    if (
      args.includes('-c') ||
      args.includes('-e') ||
      first === '' ||
      /^(?:<\(|\/(?:usr|opt|tmp|dev|etc)\/|\$\{?(?:RUNNER_TEMP|HOME))/.test(first)
    )
      return undefined
    return name === 'java' && !args.includes('-jar') ? undefined : `\`${name} ${first}\``
  }
  if (
    /^\.{1,2}\//.test(command.words[0]?.text ?? '') ||
    (/^[\w.-]+\/[\w./-]+$/.test(command.words[0]?.text ?? '') && !(command.words[0]?.text ?? '').startsWith('/'))
  )
    return `\`${command.words[0]?.text ?? ''}\``
  return undefined
}
