/* Kernel records made by hand, for tests without a kernel. */
import type { JournalRecord } from '@gatehouse/schema'
import type { KernelRecord } from '../sensor/record.ts'
import { createRedactor } from '../secrets/redactor.ts'
import { createJournal } from '../report/journal.ts'
import { createAttributor, type AttributorOptions } from './attributor.ts'

type RecordOf<T extends KernelRecord['type']> = Extract<KernelRecord, { type: T }>
const base = { time: 1_000, step: 0, pid: 100, tid: 100, start: 500, compat: false }

/** Seconds since boot as kernel time. */
export const seconds = (number: number) => number * 1e9

export function forkOf(pid: number, child: number, more: { time?: number; step?: number; childStep?: number } = {}): RecordOf<'fork'> {
  const { time = 1_000, step = 0, childStep = step } = more
  return {
    ...base,
    time,
    step,
    pid,
    start: pid * 5,
    type: 'fork',
    child: { pid: child, start: child * 5, step: childStep },
    newNamespace: false,
  }
}
export function execOf(
  pid: number,
  argv: readonly string[],
  more: Partial<RecordOf<'exec'>> & { env?: Readonly<Record<string, string>> } = {},
): RecordOf<'exec'> {
  const { env = {}, ...fields } = more
  return {
    ...base,
    pid,
    start: pid * 5,
    type: 'exec',
    exe: argv[0]?.startsWith('/') ? argv[0] : `/usr/bin/${argv[0]}`,
    cwd: '/work',
    filename: `/usr/bin/${argv[0]}`,
    pathCut: false,
    parent: 0,
    uid: 0,
    device: 1,
    inode: '42',
    size: 1_000,
    argv,
    argvBytes: argv.join(' ').length + 1,
    argvCut: false,
    environment: Buffer.from(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}\0`)
        .join(''),
    ),
    environmentCut: false,
    memfd: false,
    deleted: false,
    worker: false,
    ...fields,
  }
}
export function recordOf<T extends KernelRecord['type']>(
  type: T,
  pid: number,
  fields: Omit<RecordOf<T>, keyof typeof base | 'type'> & Partial<typeof base>,
): RecordOf<T> {
  // Safe: the base fields and those that the type demands make the whole record.
  return { ...base, pid, start: pid * 5, type, ...fields } as unknown as RecordOf<T>
}

/** Runs records through attribution and journal; returns what a report would hold. */
export async function journalOf(records: readonly KernelRecord[], options: Partial<AttributorOptions> = {}): Promise<JournalRecord[]> {
  const lines: JournalRecord[] = []
  let id = 0
  const journal = createJournal({
    hasher: { hash: async () => ({ hash: 'exact', sha256: 'f'.repeat(64) }), hurry: () => undefined },
    newId: () => `00000000-0000-4000-8000-${String(++id).padStart(12, '0')}`,
    sinks: [(record) => lines.push(record)],
  })
  const attributor = createAttributor({
    redactor: createRedactor({ key: new Uint8Array(32), masks: [] }),
    toEpoch: (ns) => 1_700_000_000_000_000 + Math.round(ns / 1_000),
    command: 'make',
    startedAt: 1_700_000_000_000_000,
    onStep: (step) => journal.step(step),
    onEvent: (draft, file) => journal.event(draft, file),
    ...options,
  })
  for (const record of records) attributor.record(record)
  attributor.tick(Number.MAX_SAFE_INTEGER)
  attributor.finish(1_700_000_100_000_000, 0)
  await journal.settle()
  return lines
}
