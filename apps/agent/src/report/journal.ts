/*
 * The record of one job as it grows: numbers the events, asks the detector, and hands every line to those who keep it. Programs wait here,
 * in order, for the hash of their executable, but never for long: a late hash is left out, a late event is not.
 */
import { createDetector } from '@gatehouse/detections'
import type { Event, JournalRecord, Step } from '@gatehouse/schema'
import type { Draft, ExecutedFile } from '../attribute/attributor.ts'
import type { Hasher, HashResult } from '../hash/hasher.ts'

export interface Journal {
  step(step: Step): void
  event(draft: Draft, file?: ExecutedFile): void
  /** Hands on whatever has waited long enough. */
  tick(): void
  /** Waits for hashes, a moment at most, and hands on everything. */
  settle(): Promise<void>
  /** Number of the last event handed on. */
  readonly seq: number
  /** Findings beyond the bound of the detector. */
  readonly suppressed: number
}

interface Entry {
  readonly record: { readonly record: 'step'; readonly step: Step } | { readonly record: 'event'; readonly draft: Draft }
  readonly since: number
  ready: boolean
  hash?: HashResult
}

const WAIT_MS = 400
const SETTLE_MS = 1_500
const WAITING_MAX = 50_000

/** @param sinks Called with every record in order. They must not throw. */
export function createJournal(options: {
  readonly hasher: Hasher
  readonly newId: () => string
  readonly sinks: readonly ((record: JournalRecord) => void)[]
}): Journal {
  const detector = createDetector(options.newId)
  let queue: Entry[] = []
  let head = 0
  let seq = 0

  const emit = (record: JournalRecord) => {
    for (const sink of options.sinks) sink(record)
  }
  const handOn = (entry: Entry) => {
    if (entry.record.record === 'step') {
      detector.learnStep(entry.record.step)
      return emit({ record: 'step', step: entry.record.step })
    }
    seq++
    const extra = entry.hash ?? {}
    // Only process events come with a hash, and only those have its fields.
    const event: Event = { seq, ...entry.record.draft, ...extra }
    emit({ record: 'event', event })
    for (const finding of detector.observe(event)) emit({ record: 'finding', finding })
  }
  const drain = (deadline: number) => {
    while (head < queue.length) {
      const entry = queue[head]
      if (!entry || !(entry.ready || entry.since <= deadline || queue.length - head > WAITING_MAX)) break
      head++
      // Only a program waits; its hash did not come in time.
      if (!entry.ready) entry.hash = { hash: 'missing' }
      handOn(entry)
    }
    if (head === queue.length) {
      queue = []
      head = 0
    } else if (head > 10_000) {
      queue = queue.slice(head)
      head = 0
    }
  }
  const put = (entry: Entry) => {
    queue.push(entry)
    if (entry.ready && queue.length - head === 1) drain(0)
    else if (queue.length - head > WAITING_MAX) drain(0)
  }

  return {
    get seq() {
      return seq
    },
    get suppressed() {
      return detector.suppressed
    },
    step: (step) => put({ record: { record: 'step', step }, since: performance.now(), ready: true }),
    event(draft, file) {
      const entry: Entry = { record: { record: 'event', draft }, since: performance.now(), ready: file === undefined }
      put(entry)
      if (!file) return
      void options.hasher.hash(file).then((hash) => {
        entry.hash = hash
        entry.ready = true
        drain(performance.now() - WAIT_MS)
        return undefined
      })
    },
    tick: () => drain(performance.now() - WAIT_MS),
    async settle() {
      const end = performance.now() + SETTLE_MS
      options.hasher.hurry()
      while (head < queue.length && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        drain(performance.now() - WAIT_MS)
      }
      drain(Number.POSITIVE_INFINITY)
    },
  }
}
