/* For cases and tests: short ways to write the events of a job by hand. */
import type { Event, EventKind, EventOf } from '@gatehouse/schema'

/** A job as a list of events, and whether the detection must fire on it. */
export interface Case {
  readonly name: string
  readonly fires: boolean
  readonly events: readonly Event[]
}

type Body<K extends EventKind> = Omit<EventOf<K>, 'seq' | 'time' | 'kind' | 'step' | 'exe'> & {
  readonly exe?: string
  readonly step?: number
}

/** Numbers the events of one job and fills what a case does not care about. */
export function jobOf(...makers: readonly ((seq: number) => Event)[]): readonly Event[] {
  return makers.map((make, index) => make(index + 1))
}

/** Process `process` (child of `parent`) executed `argv`. */
export function exec(process: number, parent: number, argv: readonly string[], more: Partial<EventOf<'process'>> = {}) {
  return (seq: number): Event => ({
    seq,
    time: seq,
    step: 1,
    kind: 'process',
    op: 'exec',
    process,
    parent,
    exe: argv[0] ?? '/bin/true',
    argv: [...argv],
    pid: 1_000 + process,
    startNs: process,
    ...more,
  })
}

/** Any other event; exe and step have defaults. */
export function happens<K extends Exclude<EventKind, 'process'>>(kind: K, body: Body<K>) {
  // Safe: `body` has every field of the kind except those set here.
  return (seq: number): Event => ({ exe: '/usr/bin/node', step: 1, ...body, seq, time: seq, kind }) as unknown as Event
}
