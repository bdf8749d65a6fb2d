/*
 * Steps. That a process belongs to a step is causal and comes from the kernel; what the step is called is read from the first program of
 * the step, whose arguments and environment the runner itself chose. Nothing a later process says changes either.
 */
import type { ActionRef, Step } from '@gatehouse/schema'

export interface StepTable {
  /** The number, within the job, of a kernel step tag. */
  number(tag: number, time: number): number
  /** A step's first process exists. */
  begin(tag: number, pid: number, process: number, time: number): void
  /** The step's first process executed a program: from here its identity is known. */
  identify(tag: number, process: number, program: FirstProgram, time: number): void
  /** A process ended; ends the step when it was its first. */
  processEnded(process: number, time: number, exitCode: number): void
  /** The runner's log names the step whose first process has this pid. */
  rename(pid: number, name: string): void
  /** Whether the step's first process had ended by then. */
  outlived(number: number, time: number): boolean
  /** Ends the step of `gatehouse run` itself. */
  finish(time: number, exitCode: number): void
}

export interface FirstProgram {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

interface State {
  step: Step
  pid: number
  identified: boolean
  named: boolean
}

const STEPS_MAX = 16_384
const EARLY_NAMES_MAX = 256
/** Tag of everything that no runner worker started: the step `run` itself. */
const OUTSIDE = 0

/** @param emit Receives a step whenever something about it is new. */
export function createStepTable(command: string, startedAt: number, emit: (step: Step) => void): StepTable {
  const byTag = new Map<number, State>()
  const byProcess = new Map<number, State>()
  const byPid = new Map<number, State>()
  const byNumber = new Map<number, State>()
  /** Names whose process the kernel has not told of yet: the log is read from a file and may be ahead of the rings. */
  const early = new Map<number, string>()
  /** Action ids that already ran their main part: the next process of the same action is its post part. */
  const mainSeen = new Set<string>()

  const run = open(OUTSIDE, { kind: 'command', name: command, startedAt })
  run.identified = true
  emit(run.step)

  return {
    number: (tag, time) =>
      (byTag.get(tag) ?? open(tag, { kind: 'runner', name: `step ${tag}`, startedAt: time, confidence: 0.5 })).step.number,
    begin(tag, pid, process, time) {
      if (tag === OUTSIDE) return
      const state = byTag.get(tag) ?? open(tag, { kind: 'runner', name: `step ${tag}`, startedAt: time })
      if (state.step.process !== undefined) return
      state.step = { ...state.step, process, startedAt: time, confidence: 1 }
      state.pid = pid
      byProcess.set(process, state)
      byPid.set(pid, state)
      const name = early.get(pid)
      early.delete(pid)
      if (name !== undefined) rename(state, name)
    },
    identify(tag, process, program, time) {
      const state = byTag.get(tag)
      if (!state || state.identified || state.step.process !== process) return
      state.identified = true
      const identity = identifyStep(program, mainSeen)
      state.step = {
        ...state.step,
        ...identity,
        ...(state.named ? { name: state.step.name } : {}),
        startedAt: Math.min(state.step.startedAt, time),
      }
      emit(state.step)
    },
    processEnded(process, time, exitCode) {
      const state = byProcess.get(process)
      if (!state || state.step.finishedAt !== undefined) return
      state.step = { ...state.step, finishedAt: time, exitCode }
      emit(state.step)
    },
    rename(pid, name) {
      if (name === '') return
      const state = byPid.get(pid)
      if (state) {
        rename(state, name)
        return
      }
      // The log is the job's to write, so what it may make us keep is bounded.
      if (early.size < EARLY_NAMES_MAX) early.set(pid, name)
    },
    outlived(number, time) {
      const finishedAt = byNumber.get(number)?.step.finishedAt
      return finishedAt !== undefined && time > finishedAt
    },
    finish(time, exitCode) {
      run.step = { ...run.step, finishedAt: time, exitCode }
      emit(run.step)
    },
  }

  function rename(state: State, name: string): void {
    if (state.named) return
    state.named = true
    const stage = name.startsWith('Post ') ? 'post' : name.startsWith('Pre ') ? 'pre' : state.step.stage
    state.step = { ...state.step, name: name.slice(0, 512), stage }
    if (state.identified) emit(state.step)
  }

  function open(tag: number, given: Pick<Step, 'kind' | 'name' | 'startedAt'> & { readonly confidence?: number }): State {
    // Beyond the bound everything is put on the step that holds whatever has no step of its own.
    if (byNumber.size >= STEPS_MAX) return run
    const number = byNumber.size + 1
    const step: Step = { number, stage: 'main', confidence: 1, ...given, name: given.name.slice(0, 512) }
    const state: State = { step, pid: 0, identified: false, named: false }
    byTag.set(tag, state)
    byNumber.set(number, state)
    return state
  }
}

/** What the runner started, from its own words: the program's arguments and the variables that only the runner sets. */
function identifyStep(
  { argv, environment }: FirstProgram,
  mainSeen: Set<string>,
): Pick<Step, 'name' | 'kind' | 'stage'> & Partial<Pick<Step, 'action' | 'key'>> {
  const id = environment['GITHUB_ACTION']
  const guid = /_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i
    .exec(environment['GITHUB_OUTPUT'] ?? '')?.[1]
    ?.toLowerCase()
  const key = guid === undefined ? {} : { key: guid }
  const action = actionOf(argv, environment)
  const script = argv.some((argument) => /\/_temp\/[0-9a-f-]{36}\.(?:sh|py|ps1|cmd|js|ts)\b/i.test(argument))
  // A shell script inside a composite action has the action's path in its environment, but it is a script.
  if (script) {
    return { kind: 'run', name: id ?? 'run', stage: 'main', ...key, ...(action ? { action } : {}) }
  }
  if (action) {
    const name = `${action.repository}${action.path === undefined ? '' : `/${action.path}`}@${action.ref}`
    const seenAs = id ?? name
    const stage = mainSeen.has(seenAs) ? 'post' : 'main'
    mainSeen.add(seenAs)
    return { kind: 'action', name, stage, action, ...key }
  }
  const command = argv.join(' ').slice(0, 512) || 'unknown program'
  return { kind: id === undefined ? 'runner' : 'run', name: id ?? command, stage: 'main', ...key }
}

/** The action: as the runner states it, else from where its files lie (`_actions/OWNER/REPO/REF/…`; a ref may hold slashes). */
function actionOf(argv: readonly string[], environment: Readonly<Record<string, string>>): ActionRef | undefined {
  const repository = environment['GITHUB_ACTION_REPOSITORY']
  const ref = environment['GITHUB_ACTION_REF']
  const folder = environment['GITHUB_ACTION_PATH'] ?? argv.find((argument) => argument.includes('/_actions/')) ?? ''
  const found = /\/_actions\/([^/]+)\/([^/]+)\/(.+)$/.exec(folder)
  if (repository && ref) {
    const prefix = `/_actions/${repository}/${ref}/`
    const at = folder.indexOf(prefix)
    const path = environment['GITHUB_ACTION_PATH'] !== undefined && at !== -1 ? folder.slice(at + prefix.length) : ''
    return { repository: repository.slice(0, 200), ref: ref.slice(0, 256), ...(path === '' ? {} : { path: path.slice(0, 512) }) }
  }
  if (!found) return undefined
  const [, owner = '', name = '', rest = ''] = found
  return { repository: `${owner}/${name}`.slice(0, 200), ref: (rest.split('/')[0] ?? '').slice(0, 256) }
}
