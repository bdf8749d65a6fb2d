/* What a shell script does with values: which outputs and variables it writes, and what flows into its commands. */
import { findEmbedded } from '../expressions/embedded.ts'
import type { Step } from '../model/types.ts'
import { fileOf } from '../model/types.ts'
import { commandsOf, pipeline, programOf, type Command, type Part, type Word } from '../shell/index.ts'
import { sourceRange } from '../yaml/tree.ts'
import { readsForeignFiles } from './javascript.ts'
import type { SourceKind } from './sources.ts'
import type { Flow, Scope, Tracer } from './tracer.ts'

export interface ScriptEffects {
  /** By output name in lower case; `*` for what cannot be attributed. */
  readonly outputs: ReadonlyMap<string, readonly Flow[]>
  /** Variables written to GITHUB_ENV. */
  readonly env: ReadonlyMap<string, readonly Flow[]>
  /** Lines written to a runner's file with something from outside in them. */
  readonly writes: readonly FileWrite[]
  /** Flows into a word of a command, as the variables stand when it runs. */
  readonly flowsInWord: (command: Command, word: Word) => readonly Flow[]
}

export interface FileWrite {
  readonly file: 'GITHUB_ENV' | 'GITHUB_PATH' | 'GITHUB_OUTPUT'
  readonly command: Command
  readonly flows: readonly Flow[]
  /** Whether the value cannot hold a line break. */
  readonly oneLine: boolean
}

interface State {
  readonly tracer: Tracer
  readonly step: Step
  readonly scope: Scope
  readonly depth: number
  readonly variables: Map<string, Flow[]>
  readonly words: Map<Word, readonly Flow[]>
  readonly foreign: boolean
}

/** Effects of a `run` step; `tracer` answers what lies outside of the script. */
export function computeEffects(step: Step, scope: Scope, tracer: Tracer, depth: number): ScriptEffects {
  const state: State = {
    tracer,
    step,
    scope: { ...scope, step },
    depth,
    variables: new Map(),
    words: new Map(),
    foreign: readsForeignFiles(step),
  }
  const outputs = new Map<string, Flow[]>()
  const env = new Map<string, Flow[]>()
  const writes: FileWrite[] = []
  /** Name of a multi-line value that is being written: `name<<EOF`. */
  let open: string | undefined
  for (const command of commandsOf(step)) {
    track(state, command)
    const target = fileWritten(command)
    if (!target) {
      const legacy = command.words.find((word) => word.text.startsWith('::set-output name='))
      if (legacy) add(outputs, /name=([^:]+)::/.exec(legacy.text)?.[1]?.toLowerCase() ?? '*', wordFlows(state, legacy))
      continue
    }
    const flows = outputFlows(state, command)
    const text = writtenText(command)
    const name = /^\s*([A-Za-z_][\w-]*)\s*(?:=|<<)/.exec(text)?.[1]
    if (/^\s*[A-Za-z_][\w-]*<</.test(text)) open = name
    const key = name ?? open ?? '*'
    if (target === 'GITHUB_OUTPUT') add(outputs, key.toLowerCase(), flows)
    else if (target === 'GITHUB_ENV') add(env, key, flows)
    if (flows.length > 0) writes.push({ file: target, command, flows, oneLine: isOneLine(command) })
  }
  return { outputs, env, writes, flowsInWord: (_command, word) => wordFlows(state, word) }
}

function add(into: Map<string, Flow[]>, key: string, flows: readonly Flow[]): void {
  if (flows.length === 0) return
  into.set(key, [...(into.get(key) ?? []), ...flows].slice(0, 6))
}

/** Assignments change what variables hold from here on. */
function track(state: State, command: Command): void {
  for (const { name, value } of command.assignments) {
    // A prefix of a command (`X=$Y cmd`) counts too; that it ends with the command matters to nobody here.
    state.variables.set(name, value ? [...wordFlows(state, value)] : [])
  }
  const { program, args } = programOf(command)
  if (program === 'read' || program === 'mapfile' || program === 'readarray') {
    const from = inputFlows(state, command)
    for (const arg of args) if (/^[A-Za-z_]\w*$/.test(arg.text)) state.variables.set(arg.text, from)
  } else if (program === 'for' && command.words[2]?.text === 'in') {
    const flows = command.words.slice(3).flatMap((word) => wordFlows(state, word))
    if (command.words[1]) state.variables.set(command.words[1].text, flows)
  }
}

function inputFlows(state: State, command: Command): Flow[] {
  const flows: Flow[] = []
  for (const redirect of command.redirects) {
    if (redirect.operator === '<<<') flows.push(...wordFlows(state, redirect.target))
    else if (redirect.operator === '<' && state.foreign) flows.push(fileFlow(state, command))
    else if (redirect.body) flows.push(...wordFlows(state, redirect.body))
  }
  if (command.input) flows.push(...outputFlows(state, command.input))
  return flows
}

/** Flows into a word as the variables stand now; asked again later, the first answer holds. */
function wordFlows(state: State, word: Word): readonly Flow[] {
  let flows = state.words.get(word)
  if (!flows) {
    flows = word.parts.flatMap((part) => partFlows(state, part)).slice(0, 6)
    state.words.set(word, flows)
  }
  return flows
}

function partFlows(state: State, part: Part): readonly Flow[] {
  switch (part.kind) {
    case 'variable': {
      // `${#x}` is a length, `${x:+y}` is y.
      if (part.operator.startsWith(':+') || part.name === '') return []
      const own = state.variables.get(part.name)
      if (own) return own
      return state.tracer.resolveEnv(part.name, state.scope, state.depth + 1)
    }
    case 'expression': {
      const run = state.step.run
      if (!run) return []
      const embedded = findEmbedded(run.value.slice(part.start, part.end))[0]
      if (!embedded?.expression) return []
      // Parsed from a slice, so its offsets are moved for the trace by naming the whole part.
      return state.tracer.flowsInto(embedded.expression, run, state.scope, state.depth + 1).map((flow) => relocate(flow, state, part))
    }
    case 'substitution':
      return part.commands.flatMap((command, at) => {
        // Only the last command of a pipeline writes; lists write all.
        const feeds = part.commands.some((other, index) => index > at && other.input === command)
        return feeds ? [] : outputFlows(state, command)
      })
    default:
      return []
  }
}

function relocate(flow: Flow, state: State, part: Part): Flow {
  const [first, ...rest] = flow.trace
  const { run } = state.step
  if (!first || !run || first.range.start >= run.start) return flow
  return { ...flow, trace: [{ ...first, file: fileOf(state.step), range: sourceRange(run, part.start, part.end) }, ...rest] }
}

/** Commands whose output says something about their input and is not it. */
const COUNTING: ReadonlySet<string> = new Set([
  'wc',
  'sha256sum',
  'sha1sum',
  'md5sum',
  'test',
  '[',
  '[[',
  'true',
  'false',
  'exit',
  'cd',
  'mkdir',
  'rm',
  'date',
  'curl',
  'wget',
  'ls',
  'base64',
  'od',
  'xxd',
  'expr',
  'seq',
])

/** Flows into what a command prints. */
function outputFlows(state: State, command: Command): Flow[] {
  const { program, args } = programOf(command)
  const text = command.words.map((word) => word.text).join(' ')
  const source = commandSource(program, text)
  if (source) return [commandFlow(state, command, source.name, source.kind, source.events)]
  if (program === 'echo' || program === 'printf' || program === 'print' || /^Write-(?:Output|Host)$/i.test(program))
    return args.flatMap((arg) => wordFlows(state, arg)).slice(0, 6)
  if (program === '' && command.redirects.some((redirect) => redirect.operator === '<'))
    return state.foreign ? [fileFlow(state, command)] : []
  if (COUNTING.has(program) || sanitises(program, text)) return []
  const flows = inputFlows(state, command)
  // One line is left of it: as dangerous as a title, no more.
  if (keepsOneLine(program, text))
    return flows.map((flow) => (flow.kind === 'text' || flow.kind === 'json' || flow.kind === 'path' ? { ...flow, kind: 'title' } : flow))
  if (
    (program === 'cat' || program === 'head' || program === 'tail' || program === 'jq' || program === 'yq' || program === 'unzip') &&
    !command.input &&
    command.words.length > 1
  ) {
    if (/GITHUB_EVENT_PATH/.test(text)) return eventFileFlows(state, command, text)
    if (state.foreign && program !== 'unzip') return [fileFlow(state, command)]
  }
  // What is written on the command line of an unknown program may well be printed; of `gh` and `git` it is a question.
  if (/^(?:gh|git|npm|node|python3?|docker)$/.test(program)) return flows
  return [...flows, ...args.flatMap((arg) => wordFlows(state, arg))].slice(0, 6)
}

/** Filters after which nothing of an attack is left. */
function sanitises(program: string, text: string): boolean {
  if (program === 'tr') return /-c?d?c\b|-cd|-dc/.test(text) && /\[:(?:alpha|alnum|digit):\]|0-9|a-z/.test(text)
  if (program === 'grep')
    return /\s-\w*[cq]/.test(text) || (/\s-\w*o/.test(text) && /\[0-9\]|\\d|\[\[:digit:\]\]/.test(text) && !/\.\*|\\S|\[\^/.test(text))
  if (program === 'jq' || program === 'yq') return /\.(?:number|id|sha|length|node_id|url|html_url)['"]?$/.test(text)
  return program === 'printf' && /%q/.test(text)
}

const PULL_REQUESTS = [
  'pull_request',
  'pull_request_target',
  'issue_comment',
  'workflow_run',
  'issues',
  'pull_request_review',
  'pull_request_review_comment',
] as const

/** Commands that print what an outsider wrote; the selection follows CodeQL's `untrusted_gh_command` and `untrusted_git_command` (MIT). */
function commandSource(
  program: string,
  text: string,
): { name: string; kind: SourceKind; events: readonly string[] | undefined } | undefined {
  if (program === 'gh') {
    const subject = /\bgh\s+(pr|issue|api|release)\b/.exec(text)?.[1]
    if (subject === 'pr' || subject === 'issue') {
      if (!/\b(?:view|list)\b/.test(text)) return undefined
      const fields = [...text.matchAll(/(?:--json|-q|--jq|--template|-t)[\s=]+(\S+)/g)].map((match) => match[1] ?? '').join(',')
      const asked = /--jq|-q\b/.test(text) ? (/(?:--jq|-q)[\s=]+(.*)$/.exec(text)?.[1] ?? fields) : fields
      if (/\btitle\b/.test(asked)) return { name: `gh ${subject} view title`, kind: 'title', events: PULL_REQUESTS }
      if (/\bbody\b|\bcomments\b/.test(asked)) return { name: `gh ${subject} view body`, kind: 'text', events: PULL_REQUESTS }
      if (/headRefName/.test(asked)) return { name: `gh ${subject} view headRefName`, kind: 'branch', events: PULL_REQUESTS }
      if (/\bfiles\b/.test(asked)) return { name: `gh ${subject} view files`, kind: 'path', events: PULL_REQUESTS }
      return undefined
    }
    if (subject === 'api' && /repos\/.*\/(?:pulls|issues)/.test(text)) {
      if (/\.head\.(?:ref|label)/.test(text)) return { name: 'gh api head.ref', kind: 'branch', events: PULL_REQUESTS }
      if (/\.title\b/.test(text)) return { name: 'gh api title', kind: 'title', events: PULL_REQUESTS }
      if (/\.body\b/.test(text)) return { name: 'gh api body', kind: 'text', events: PULL_REQUESTS }
      if (/\.filename\b/.test(text)) return { name: 'gh api filename', kind: 'path', events: PULL_REQUESTS }
    }
    return undefined
  }
  if (program !== 'git') return undefined
  const events = ['pull_request', 'pull_request_target', 'push', 'workflow_run', 'issue_comment', 'merge_group']
  if (/\bdiff(?:-tree)?\b/.test(text) && /--name-(?:only|status)|diff-tree/.test(text))
    return { name: 'git diff --name-only', kind: 'path', events }
  if (/\b(?:log|show)\b/.test(text)) {
    if (/%(?:an|cn)\b/.test(text)) return { name: 'git log author', kind: 'username', events }
    if (/%(?:ae|ce)\b/.test(text)) return { name: 'git log email', kind: 'email', events }
    if (/%[sBb]|oneline|--format=(?:full|medium)/.test(text) && !/%[hH]["']?$/.test(text))
      return { name: 'git log message', kind: 'text', events }
    return undefined
  }
  if (/\bbranch\b.*--show-current|\brev-parse\b.*--abbrev-ref/.test(text))
    return { name: 'git branch name', kind: 'branch', events: ['pull_request', 'pull_request_target', 'workflow_run', 'issue_comment'] }
  return undefined
}

function commandFlow(state: State, command: Command, source: string, kind: SourceKind, events: readonly string[] | undefined): Flow {
  const { run } = state.step
  const range = run ? sourceRange(run, command.start, command.end) : state.step.node
  return {
    source,
    kind,
    trust: 'outsider',
    events,
    trace: [{ role: 'source', message: `\`${source}\` prints what an outsider wrote.`, file: fileOf(state.step), range }],
  }
}

function fileFlow(state: State, command: Command): Flow {
  return commandFlow(state, command, 'a file from another run’s artifact', 'text', undefined)
}

function eventFileFlows(state: State, command: Command, text: string): Flow[] {
  const property = /\.((?:issue|pull_request|comment|review|discussion|head_commit)\.(?:title|body|message|head\.ref))\b/.exec(text)?.[1]
  return property === undefined ? [] : [commandFlow(state, command, `github.event.${property}`, 'text', undefined)]
}

const FILES = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT'] as const

/** The runner's file that a command writes to. */
function fileWritten(command: Command): FileWrite['file'] | undefined {
  for (const redirect of command.redirects) {
    if (redirect.operator.includes('>')) for (const file of FILES) if (redirect.target.text.includes(file)) return file
  }
  const { program, args } = programOf(command)
  if (program === 'tee' || /^(?:Out-File|Add-Content|Set-Content|ac|sc)$/i.test(program))
    for (const file of FILES) if (args.some((arg) => arg.text.includes(file))) return file
  return undefined
}

function writtenText(command: Command): string {
  const { program, args } = programOf(command)
  if (program === 'echo' || program === 'printf')
    return args
      .filter((arg) => !/^-[neE]+$/.test(arg.text))
      .map((arg) => arg.text)
      .join(' ')
  const body = command.redirects.find((redirect) => redirect.body)?.body
  if (body) return body.text
  for (const input of pipeline(command)) {
    const { program: name, args: words } = programOf(input)
    if (name === 'echo' || name === 'printf') return words.map((word) => word.text).join(' ')
  }
  return args.map((arg) => arg.text).join(' ')
}

function isOneLine(command: Command): boolean {
  for (const part of pipeline(command)) {
    const { program, args } = programOf(part)
    if (keepsOneLine(program, args.map((arg) => arg.text).join(' '))) return true
  }
  return false
}

function keepsOneLine(program: string, text: string): boolean {
  if (program === 'head' || program === 'tail') return /-(?:n\s*)?1\b/.test(text)
  return program === 'tr' && /\\n/.test(text)
}
