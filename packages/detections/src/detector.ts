/*
 * Runs the detections over the events of one job, in order, and sees to it that one cause is one finding. What they may ask of
 * the job is kept in job-memory.ts. The same code runs live in the agent and again in the server.
 */
import { EVENT_KINDS, type Event, type EventKind, type Finding, type Job, type Step } from '@gatehouse/schema'
import type { ActionKnowledge, Detection, Match } from './detection.ts'
import { createJobMemory } from './job-memory.ts'
import { library } from './library/index.ts'

/** Findings kept per job; a job that makes more is told apart by the last of them. */
export const FINDINGS_MAX = 1_000

export interface Detector {
  /** Findings that this event completes, usually none. Call with every event of the job in the order of `seq`. */
  observe(event: Event): readonly Finding[]
  /** Tells the detector what the job is; detections that compare with its repository need it. */
  learnJob(job: Job): void
  /** Tells the detector of a step, when it starts and again when it ends. */
  learnStep(step: Step): void
  /** Findings not reported because `FINDINGS_MAX` was reached. */
  readonly suppressed: number
}

export interface DetectorOptions {
  /** What is known about actions from outside the job; nothing by default. */
  readonly action?: (repository: string, ref: string) => ActionKnowledge | undefined
}

/**
 * A detector for one job.
 *
 * @param newId Makes the identity of a finding (a UUID); given, because a pure library has no source of randomness.
 * @param detections Which to run; all by default.
 */
export function createDetector(newId: () => string, detections: readonly Detection[] = library, options: DetectorOptions = {}): Detector {
  const memory = createJobMemory(options.action)
  const running = detections.map((detection) => ({ detection, state: detection.start() }))
  const byKind = new Map<EventKind, typeof running>(
    EVENT_KINDS.map((kind) => [kind, running.filter(({ detection }) => detection.requires.includes(kind))]),
  )
  const reported = new Set<string>()
  let suppressed = 0

  return {
    get suppressed() {
      return suppressed
    },
    learnJob: memory.learnJob,
    learnStep: memory.learnStep,
    observe(event) {
      memory.observe(event)
      let findings: Finding[] | undefined
      for (const { detection, state } of byKind.get(event.kind) ?? []) {
        const match = detection.match(event, memory.view, state)
        if (match === null) continue
        const key = `${detection.id}\0${event.step}\0${match.key}`
        if (reported.has(key)) continue
        if (reported.size >= FINDINGS_MAX) {
          suppressed += 1
          continue
        }
        reported.add(key)
        findings ??= []
        findings.push(findingOf(newId(), detection, event, match))
      }
      memory.settle(event)
      return findings ?? NOTHING
    },
  }
}

const NOTHING: readonly Finding[] = []

function findingOf(id: string, detection: Detection, event: Event, match: Match): Finding {
  return {
    id,
    detection: detection.id,
    title: detection.title,
    message: match.message.slice(0, 2_048),
    severity: detection.severity,
    confidence: detection.confidence,
    catalogue: [...detection.catalogue],
    attack: [...detection.attack],
    time: event.time,
    step: event.step,
    process: event.process,
    events: [...new Set([...(match.events ?? []), event.seq])].slice(-64),
    evidence: Object.fromEntries(
      Object.entries(match.evidence).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 4_096) : value]),
    ),
    remedy: detection.remedy,
  }
}
