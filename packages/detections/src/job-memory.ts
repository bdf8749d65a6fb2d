/*
 * What the detections may ask about a job: processes and their trees, who wrote which file, who talked to whom, which secrets were
 * read. Everything is bounded: a fork bomb or a million files make it forget the oldest, never grow.
 */
import type { Event, EventOf, Job, Step } from '@gatehouse/schema'
import { createBoundedMap } from './bounded.ts'
import type { ActionKnowledge, Contact, FileIdentity, JobView, ProcessView, SecretRead, Writer } from './detection.ts'
import { installPhase, type InstallPhase } from './install-phase.ts'
import { placeOf } from './places.ts'
import { isTool, looksLike } from './programs.ts'
import { isLocalNetwork, isLoopback } from './words.ts'
import { isPackageHost } from './zones.ts'

/** Processes whose chain is remembered, and the characters of their arguments. */
const PROCESSES_MAX = 200_000
const PROCESS_CHARACTERS_MAX = 48_000_000
const FILES_MAX = 100_000
const FILE_CHARACTERS_MAX = 24_000_000
const CHAIN_MAX = 32
const ARGV_MAX = 64
const ARGUMENT_MAX = 1_024
const ROOTS_MAX = 64
const SECRETS_PER_TREE_MAX = 16
/** How long after a download a tool that unpacks or stores counts as its end. */
const FEED_US = 120_000_000

interface Process extends ProcessView {
  contact: Contact
  /** What its children talked to, and when. */
  childContact: Contact
  childContactAt: number
  cost: number
}

export interface JobMemory {
  readonly view: JobView
  /** Before the detections look at the event. */
  observe(event: Event): void
  /** After they did: what must not be known while they look, such as that the file was just written. */
  settle(event: Event): void
  learnJob(job: Job): void
  learnStep(step: Step): void
}

/** The memory of one job. */
export function createJobMemory(knowledge: (repository: string, ref: string) => ActionKnowledge | undefined = () => undefined): JobMemory {
  const processes = new Map<number, Process>()
  const exited: number[] = []
  let exitedFrom = 0
  let characters = 0
  const byPid = createBoundedMap<number, number>(70_000)
  const writers = createBoundedMap<string, Writer & { readonly cost: number }>(FILES_MAX, FILE_CHARACTERS_MAX, ({ cost }) => cost)
  const secrets = createBoundedMap<number, SecretRead[]>(10_000)
  const steps = createBoundedMap<number, Step>(4_096)
  const roots = new Set<string>()
  let announced: Job | undefined
  let lastPath = ''
  let lastPlace: ReturnType<typeof placeOf>

  const view: JobView = {
    chain(process) {
      const chain: ProcessView[] = []
      for (let at = processes.get(process); at && chain.length < CHAIN_MAX; at = processes.get(at.parent)) chain.push(at)
      return chain
    },
    process: (process) => processes.get(process),
    byPid: (pid) => processes.get(byPid.get(pid) ?? 0),
    script(process) {
      const phase = processes.get(process)?.phase
      return phase !== null && phase !== undefined && phase.depth > 0 ? phase : null
    },
    step: (step) => steps.get(step),
    get announced() {
      return announced
    },
    writer: (file) => (file.inode === undefined ? undefined : writers.get(inodeKey(file))) ?? writers.get(file.path),
    contact: (process) => contactOf(processes.get(process), Number.MAX_SAFE_INTEGER),
    secrets: (tree) => secrets.get(tree) ?? [],
    place(path) {
      if (path !== lastPath) {
        lastPath = path
        lastPlace = placeOf(path)
      }
      return lastPlace
    },
    inWorkspace(path) {
      if (WORKSPACE.test(path)) return true
      for (const root of roots) if (path.startsWith(root)) return true
      return false
    },
    action: knowledge,
  }

  function learnProcess(event: EventOf<'process'>): void {
    const known = processes.get(event.process)
    if (event.op === 'exit') {
      if (known !== undefined) exited.push(event.process)
      return
    }
    const parentNumber = event.parent ?? known?.parent ?? 0
    const parent = processes.get(parentNumber)
    const argv = event.op === 'exec' ? cut(event.argv ?? []) : (known?.argv ?? parent?.argv ?? [])
    const exe = event.exe
    const cost = event.op === 'exec' ? 100 + length(argv) : (known?.cost ?? 100)
    if (known !== undefined) characters -= known.cost
    else if (!makeRoom(cost)) return
    characters += cost
    const head = parent === undefined || parent.step !== event.step
    processes.set(event.process, {
      process: event.process,
      parent: parentNumber,
      exe,
      argv,
      step: event.step,
      cwd: event.cwd ?? known?.cwd ?? parent?.cwd,
      // A step's own shell heads the step; each command it starts heads a tree of its own.
      tree: head || (processes.get(parent.parent)?.step ?? -1) !== event.step ? event.process : parent.tree,
      phase: phaseOf(exe, argv, parent),
      belowGyp: parent?.belowGyp === true || argv.slice(0, 3).some((argument) => GYP.test(argument)),
      belowAgent: parent?.belowAgent === true || looksLike(exe, argv, 'ai-agent'),
      since: event.time,
      contact: known?.contact ?? 'none',
      childContact: known?.childContact ?? 'none',
      childContactAt: known?.childContactAt ?? 0,
      cost,
    })
    byPid.set(event.pid, event.process)
    if (head && event.cwd !== undefined) addRoot(event.cwd)
  }

  /** Makes room by forgetting processes that ended first; false when there is none to forget. */
  function makeRoom(cost: number): boolean {
    while (processes.size >= PROCESSES_MAX || characters + cost > PROCESS_CHARACTERS_MAX) {
      const oldest = exited[exitedFrom]
      if (oldest === undefined) return false
      exitedFrom += 1
      if (exitedFrom > 10_000) {
        exited.splice(0, exitedFrom)
        exitedFrom = 0
      }
      characters -= processes.get(oldest)?.cost ?? 0
      processes.delete(oldest)
    }
    return true
  }

  function learnContact(event: EventOf<'network'>): void {
    if ((event.op !== 'connect' && event.op !== 'send') || event.port === 53 || isLoopback(event.ip)) return
    if (event.outcome !== undefined && FAILED.has(event.outcome)) return
    const process = processes.get(event.process)
    if (process === undefined) return
    const kind: Contact = isLocalNetwork(event.ip) || (event.domain !== undefined && isPackageHost(event.domain)) ? 'known' : 'foreign'
    if (process.contact !== 'foreign') process.contact = kind
    const parent = processes.get(process.parent)
    if (parent === undefined || parent.step !== process.step) return
    if (parent.childContact !== 'foreign' || kind === 'foreign') parent.childContact = kind
    parent.childContactAt = event.time
  }

  function contactOf(process: Process | undefined, now: number): Contact {
    if (process === undefined) return 'none'
    if (process.contact !== 'none') return process.contact
    const stores = isTool(process.exe, process.argv, 'unpacker')
    if (!stores) return 'none'
    // A shell that redirects, or an unpacker, stores what its children or its siblings fetched.
    if (process.childContact !== 'none') return process.childContact
    const parent = processes.get(process.parent)
    if (parent === undefined) return 'none'
    if (parent.contact !== 'none') return parent.contact
    return now - parent.childContactAt <= FEED_US || now === Number.MAX_SAFE_INTEGER ? parent.childContact : 'none'
  }

  function learnFile(event: EventOf<'file'>): void {
    if (event.op === 'read' || event.op === 'unlink' || event.op === 'chmod' || (event.result ?? 0) < 0) return
    const path = event.to ?? event.path
    if (event.op === 'rename' || event.op === 'link') {
      // The content is the work of whoever wrote it, not of whoever moved it.
      const writer = view.writer({ path: event.path })
      if (writer !== undefined) writers.set(path, { ...writer, cost: 64 + path.length })
      return
    }
    if (event.op === 'symlink') return
    const process = processes.get(event.process)
    const writer = {
      process: event.process,
      step: event.step,
      time: event.time,
      seq: event.seq,
      exe: event.exe,
      contact: contactOf(process, event.time),
      script: process?.phase !== null && process?.phase !== undefined && process.phase.depth > 0,
      cost: 64 + path.length,
    }
    writers.set(path, writer)
    if (event.inode !== undefined) writers.set(inodeKey(event), writer)
  }

  function learnSecret(event: EventOf<'file'>): void {
    if (event.op !== 'read' || event.family === undefined || (event.result ?? 0) < 0) return
    if (event.family === 'process-memory' || event.family === 'process-environment') return
    const process = processes.get(event.process)
    // What a repository holds is its own; only git's configuration there holds a token of the job.
    if (process === undefined || (event.family !== 'git' && view.inWorkspace(event.path))) return
    if (ownsSecret(event.family, process)) return
    const reads = secrets.get(process.tree) ?? []
    if (reads.length === 0) secrets.set(process.tree, reads)
    const known = reads.findIndex(({ family }) => family === event.family)
    if (known !== -1) reads.splice(known, 1)
    else if (reads.length >= SECRETS_PER_TREE_MAX) return
    reads.push({ family: event.family, path: event.path, time: event.time, seq: event.seq })
  }

  function addRoot(cwd: string): void {
    if (HOME_ITSELF.test(cwd) || roots.size >= ROOTS_MAX) return
    roots.add(cwd.endsWith('/') ? cwd : `${cwd}/`)
  }

  return {
    view,
    learnJob(job) {
      announced = job
      if (job.cwd !== undefined) addRoot(job.cwd)
    },
    learnStep: (step) => steps.set(step.number, step),
    observe(event) {
      if (event.kind === 'process') learnProcess(event)
      else if (event.kind === 'network') learnContact(event)
      else if (event.kind === 'file' && event.family !== undefined) learnSecret(event)
    },
    settle(event) {
      if (event.kind === 'file') learnFile(event)
    },
  }
}

/** The program that evaluates a package's binding.gyp. */
const GYP = /\/gyp_main\.py$|\/gyp$/

const FAILED: ReadonlySet<string> = new Set(['refused', 'unreachable', 'timeout', 'failed'])

/** Where runners put what they check out, on hosts and in containers (runtime notes on the runner's directories). */
const WORKSPACE = /\/_?work\/([^/]+)\/\1\/|^\/__w\/|^\/github\/workspace\//

/** Directories that are somebody's home or the machine's, never a project. */
const HOME_ITSELF = /^(?:\/|\/root|\/home\/[^/]+|\/tmp|\/etc|\/usr|\/var|\/opt|\/github\/home)\/?$/

/** Programs whose own credentials a family is. */
function ownsSecret(family: string, { exe, argv }: ProcessView): boolean {
  return isTool(exe, argv, 'any-secret') || isTool(exe, argv, `secret-${family}`)
}

/** A build script of Cargo is a program of its own, so it says itself that it is one. */
const BUILD_SCRIPT = /\/build[-_]script[-_][^/]*$/

function phaseOf(exe: string, argv: readonly string[], parent: ProcessView | undefined): InstallPhase | null {
  if (BUILD_SCRIPT.test(exe)) return { tool: 'cargo', depth: 1 }
  const own = argv === parent?.argv ? null : installPhase([{ argv }])
  if (own !== null) return own
  const above = parent?.phase
  if (above === null || above === undefined) return null
  // A fork that has not executed anything is still its parent.
  return argv === parent?.argv ? above : { tool: above.tool, depth: above.depth + 1 }
}

function inodeKey({ device, inode }: Omit<FileIdentity, 'path'>): string {
  return `${device ?? 0}:${inode ?? ''}`
}

function cut(argv: readonly string[]): readonly string[] {
  return argv.slice(0, ARGV_MAX).map((argument) => (argument.length > ARGUMENT_MAX ? argument.slice(0, ARGUMENT_MAX) : argument))
}

function length(argv: readonly string[]): number {
  let sum = 0
  // A cut argument keeps all of the original alive, so it costs the most that one can be.
  for (const argument of argv) sum += argument.length === ARGUMENT_MAX ? 8_192 : argument.length + 16
  return sum
}
