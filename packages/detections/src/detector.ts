/*
 * Runs the detections over the events of one job, in order. Keeps what they may ask of the job (process chains) and sees to
 * it that one cause is one finding. The same code runs live in the agent and again in the server.
 */
import type { Event, Finding } from '@gatehouse/schema'
import type { Detection, JobView, ProcessView } from './detection.ts'
import { library } from './library/index.ts'

/** Findings kept per job; a job that makes more is told apart by the last of them. */
export const FINDINGS_MAX = 1_000

/** Processes whose chain is remembered. A fork bomb must not fill the agent. */
const PROCESSES_MAX = 200_000
const CHAIN_MAX = 32

export interface Detector {
  /** Findings that this event completes, usually none. Call with every event of the job in the order of `seq`. */
  observe(event: Event): readonly Finding[]
  /** Findings not reported because `FINDINGS_MAX` was reached. */
  readonly suppressed: number
}

/**
 * A detector for one job.
 *
 * @param newId Makes the identity of a finding (a UUID); given, because a pure library has no source of randomness.
 * @param detections Which to run; all by default.
 */
export function createDetector(newId: () => string, detections: readonly Detection[] = library): Detector {
  const processes = new Map<number, ProcessView & { readonly parent: number }>()
  const reported = new Set<string>()
  let suppressed = 0

  const job: JobView = {
    chain(process) {
      const chain: ProcessView[] = []
      for (let at = processes.get(process); at && chain.length < CHAIN_MAX; at = processes.get(at.parent)) chain.push(at)
      return chain
    },
  }

  return {
    get suppressed() {
      return suppressed
    },
    observe(event) {
      remember(processes, event)
      const findings: Finding[] = []
      for (const detection of detections) {
        const match = detection.match(event, job)
        if (match === null) continue
        const key = `${detection.id}\0${event.step}\0${match.key}`
        if (reported.has(key)) continue
        if (reported.size >= FINDINGS_MAX) {
          suppressed += 1
          continue
        }
        reported.add(key)
        findings.push({
          id: newId(),
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
          events: [event.seq],
          evidence: match.evidence,
          remedy: detection.remedy,
        })
      }
      return findings
    },
  }
}

function remember(processes: Map<number, ProcessView & { readonly parent: number }>, event: Event): void {
  if (event.kind !== 'process' || event.op === 'exit') return
  const known = processes.get(event.process)
  if (known === undefined && processes.size >= PROCESSES_MAX) return
  processes.set(event.process, {
    process: event.process,
    exe: event.exe,
    // A fork runs its parent's program until it executes its own.
    argv: event.argv ?? known?.argv ?? processes.get(event.parent ?? 0)?.argv ?? [],
    step: event.step,
    parent: event.parent ?? known?.parent ?? 0,
  })
}
