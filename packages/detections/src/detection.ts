/* What a detection is. Definitions live one per folder in library/; the registry is library/index.ts. */
import type { Confidence, Event, EventKind, EventOf, Evidence, Job, Severity, Step } from '@gatehouse/schema'
import type { InstallPhase } from './install-phase.ts'
import type { Place } from './places.ts'

/** What a detection knows besides the event: state of the job that it may read, never change. Every answer is O(1) or bounded by a constant. */
export interface JobView {
  /** The process and its ancestors, nearest first, at most 32; empty when unknown. */
  chain(process: number): readonly ProcessView[]
  process(process: number): ProcessView | undefined
  /** The process that had this pid last. */
  byPid(pid: number): ProcessView | undefined
  /** The package manager below which this process runs code of a package; null for the package manager itself and everything else. */
  script(process: number): InstallPhase | null
  step(step: number): Step | undefined
  /** The job, when it was announced to the detector. */
  readonly announced: Job | undefined
  /** Who last wrote the file at this path, or with this device and inode, within the job. */
  writer(file: FileIdentity): Writer | undefined
  /** What kind of host the process, or whoever feeds it, had talked to. */
  contact(process: number): Contact
  /** Families of secrets that strangers to them read within one process tree. */
  secrets(tree: number): readonly SecretRead[]
  /** What a path means, when it means anything to a detection. */
  place(path: string): Place | undefined
  /** Whether the path lies in what the job checked out or was started in. */
  inWorkspace(path: string): boolean
  /** What the server or the agent knows about an action from elsewhere. */
  action(repository: string, ref: string): ActionKnowledge | undefined
}

export interface ProcessView {
  readonly process: number
  readonly parent: number
  readonly exe: string
  /** At most 64 arguments; what is longer than 1,024 characters is cut. */
  readonly argv: readonly string[]
  readonly step: number
  readonly cwd: string | undefined
  /** Number of the process that heads its tree: the outermost below the step's own shell. */
  readonly tree: number
  /** The package manager that is installing here, with its distance. */
  readonly phase: InstallPhase | null
  /** Whether it runs below gyp's configuration of a native build, or below a command line agent. */
  readonly belowGyp: boolean
  readonly belowAgent: boolean
  /** When it started or last executed a program, microseconds. */
  readonly since: number
}

export interface FileIdentity {
  readonly path: string
  readonly device?: number | undefined
  readonly inode?: string | undefined
}

export interface Writer {
  readonly process: number
  readonly step: number
  readonly time: number
  readonly seq: number
  readonly exe: string
  /** Whom the writer had talked to when it wrote. */
  readonly contact: Contact
  /** Whether it wrote as code of a package that was being installed. */
  readonly script: boolean
}

/** `known` is a package host or the local network, `foreign` anything else. */
export type Contact = 'none' | 'known' | 'foreign'

export interface SecretRead {
  readonly family: string
  readonly path: string
  readonly time: number
  readonly seq: number
}

/** What can only be learnt outside the job: from GitHub, or from earlier runs. */
export interface ActionKnowledge {
  /** Commit that the ref names now. */
  readonly commit?: string
  /** Commit that the ref named when it was last seen in this repository. */
  readonly previousCommit?: string
  /** Whether the commit is on a branch or tag of the action's own repository; false for a commit that only a fork has. */
  readonly reachable?: boolean
}

export interface Match {
  /** One sentence for a person who is not an expert: who did what to what. */
  readonly message: string
  readonly evidence: Evidence
  /** Findings of one job with the same key are one finding; the first event wins. */
  readonly key: string
  /** Earlier events it rests on, besides the deciding one. */
  readonly events?: readonly number[]
}

export interface Description {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly confidence: Confidence
  readonly maturity: 'preview' | 'stable'
  /** Rows of the detection catalogue (R…) and incidents (S-…) it covers. */
  readonly catalogue: readonly string[]
  /** MITRE ATT&CK techniques. */
  readonly attack: readonly string[]
  readonly remedy: string
}

export interface Detection extends Description {
  readonly requires: readonly EventKind[]
  /** Makes what it remembers about one job. */
  start(): unknown
  /** Called only with events of the kinds in `requires`. `state` is what `start` made for this job. */
  match(event: Event, job: JobView, state: unknown): Match | null
}

/**
 * Defines a detection over the event kinds it requires; `match` receives only those, so the agent knows which sensors a
 * detection needs and the detection never narrows by hand. One that must remember adds `start`.
 */
export function defineDetection<const K extends EventKind, S>(
  spec: Description & {
    readonly requires: readonly K[]
    /** State of one job; bounded, whatever the job does. */ start?(): S
    match(event: EventOf<K>, job: JobView, state: S): Match | null
  },
): Detection {
  return {
    ...spec,
    start: () => spec.start?.(),
    // Safe: the detector hands over only events of the kinds in `requires`, which are those of K, and what `start` made.
    match: spec.match,
  }
}
