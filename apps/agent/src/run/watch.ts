/*
 * The sensor and everything behind it, for one command: kernel records become events, events become records, and what was lost is told.
 */
import type { Accounting, JournalRecord } from '@gatehouse/schema'
import { randomBytes, randomUUID } from 'node:crypto'
import { createAttributor, type Attributor } from '../attribute/attributor.ts'
import { createBootClock } from '../attribute/clock.ts'
import { openWorkerLog, type WorkerLog } from '../attribute/worker-log.ts'
import { readHosts } from '../dns/hosts.ts'
import { createHasher } from '../hash/hasher.ts'
import { createJournal, type Journal } from '../report/journal.ts'
import { createRedactor, secretsOf, type Redactor } from '../secrets/redactor.ts'
import type { Sensor } from '../sensor/sensor.ts'

export interface Watch {
  /** The command ended: takes what is still on its way, and closes the sensor. */
  end(exitCode: number, finishedAt: number): Promise<Accounting[]>
  /** Records that could not be kept somewhere; told as a loss. */
  readonly lost: (op: 'ring-full' | 'tracking-full' | 'spool-full' | 'undecodable', type: string, count: number) => void
  /** Records and messages that made no sense, since the start. */
  undecodable(): number
  readonly journal: Journal
  readonly attributor: Attributor
}

const TICK_MS = 150
const ACCOUNTING_MS = 1_000

/** Hides what a job must not leave behind; the key dies with this process. */
export function jobRedactor(environment: Readonly<Record<string, string | undefined>>): Redactor {
  return createRedactor({ key: randomBytes(32), masks: secretsOf(environment) })
}

export function createWatch(options: {
  readonly sensor: Sensor | undefined
  readonly redactor: Redactor
  readonly command: string
  readonly startedAt: number
  readonly sinks: readonly ((record: JournalRecord) => void)[]
  /** Probes in TLS libraries were asked for. */
  readonly readsTls: boolean
  /** Called several times a second. */
  readonly onTick: () => void
}): Watch {
  const { sensor } = options
  const clock = createBootClock()
  const journal = createJournal({ hasher: createHasher(), newId: randomUUID, sinks: options.sinks })
  let workerExe: string | undefined
  let log: WorkerLog | undefined
  const attributor = createAttributor({
    redactor: options.redactor,
    toEpoch: clock.toEpoch,
    command: options.command,
    startedAt: options.startedAt,
    hosts: readHosts(),
    onStep: (step) => journal.step(step),
    onEvent: (draft, file) => journal.event(draft, file),
    ...(options.readsTls ? { probedSince: (device: number, inode: string) => sensor?.probedSince(device, inode) } : {}),
    onWorker(exe) {
      workerExe ??= exe
    },
  })

  const readLog = () => {
    // A worker opens its log a moment after it was executed, so opening is tried until it succeeds.
    if (workerExe !== undefined) log ??= openWorkerLog(workerExe, (pid, name) => attributor.nameStep(pid, name))
    log?.poll()
  }

  const known = new Map<string, number>()
  const lost: Watch['lost'] = (op, type, count) => {
    if (count <= 0) return
    journal.event({ kind: 'loss', op, type, count, time: clock.now(), step: 0, process: 0, exe: '' })
  }
  const account = (accounting: readonly Accounting[]) => {
    for (const { type, lost: total } of accounting) {
      lost(type === 'tracking' ? 'tracking-full' : 'ring-full', type, total - (known.get(type) ?? 0))
      known.set(type, total)
    }
    for (const [type, total] of Object.entries({ dns: attributor.undecodable, record: sensor?.undecodable ?? 0 })) {
      lost('undecodable', type, total - (known.get(`undecodable ${type}`) ?? 0))
      known.set(`undecodable ${type}`, total)
    }
  }

  sensor?.onBatch((records) => {
    for (const record of records) attributor.record(record)
  })
  let accounted = performance.now()
  const timer = setInterval(() => {
    readLog()
    attributor.tick(bootNow())
    journal.tick()
    if (sensor && performance.now() - accounted >= ACCOUNTING_MS) {
      accounted = performance.now()
      account(sensor.accounting())
    }
    options.onTick()
  }, TICK_MS)
  timer.unref()
  // CLOCK_BOOTTIME now, from the wall clock: only used to see that a connection attempt is old.
  const bootNow = () => (clock.now() - clock.toEpoch(0)) * 1_000

  return {
    journal,
    attributor,
    lost,
    undecodable: () => attributor.undecodable + (sensor?.undecodable ?? 0),
    async end(exitCode, finishedAt) {
      clearInterval(timer)
      const accounting = sensor ? await sensor.close() : []
      readLog()
      log?.close()
      attributor.tick(Number.MAX_SAFE_INTEGER)
      account(accounting)
      attributor.finish(finishedAt, exitCode)
      await journal.settle()
      return accounting
    },
  }
}
