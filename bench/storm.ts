/** Many events at once: what draining and decoding cost each, and whether what was made is what was accounted for. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Accounting } from '@gatehouse/schema'
import { openSensor } from '../apps/agent/src/sensor/sensor.ts'
import { missingPrograms } from '../tools/debian/command.ts'
import { cannotLoad } from './gatehouse.ts'
import { compileHelpers } from './helpers.ts'
import { type Bench, outcome, part, skipped } from './outcome.ts'
import { holdCommand } from './scope.ts'
import { median } from './statistics.ts'

const MICROSECONDS_TARGET = 1

export const storm: Bench = {
  name: 'storm',
  title: '200,000 opens and 5,000 execs in a few seconds',
  async run({ quick, say }) {
    const reason = cannotLoad() ?? missingPrograms({ cc: 'gcc' })
    if (reason !== undefined) return skipped('storm', 'µs per event', MICROSECONDS_TARGET, reason)
    // In memory: the disk is not what is measured.
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gatehouse-storm-'))
    try {
      const helpers = await compileHelpers(folder)
      const opens = quick ? 50_000 : 200_000
      const execs = quick ? 1000 : 5000
      const distinct: Storm[] = []
      for (let i = 0; i < (quick ? 1 : 5); i++) {
        const argv = ['sh', '-c', `"$0" opens ${opens} ${opens} & "$0" execs ${execs} "$1"; wait`, helpers.storm, helpers.nothing]
        distinct.push(await runStorm(argv, join(folder, `files-${i}`), say))
      }
      const repeated = await runStorm([helpers.storm, 'opens', String(opens), '1000'], join(folder, 'repeated'), say)
      const all = distinct.flatMap(({ accounting }) => accounting)
      const critical = all.filter(({ ring }) => ring === 'critical')
      const bulk = all.filter(({ ring }) => ring === 'bulk')
      const unaccounted = all.reduce((total, row) => total + Math.abs(row.made - row.delivered - row.aggregated - row.lost), 0)
      const missed = distinct.reduce(
        (total, one) => total + Math.abs(one.made('open-write') - opens) + Math.max(0, execs - one.made('exec')),
        0,
      )
      const perEvent = part(
        'drain and decode',
        median(distinct.map((one) => one.microsecondsPerEvent)),
        'µs per event',
        MICROSECONDS_TARGET,
      )
      return outcome(
        'storm',
        perEvent,
        [
          perEvent,
          part('critical records lost', sum(critical, 'lost'), 'records', 0),
          part('bulk records lost', sum(bulk, 'lost'), 'records', null),
          part('records not accounted for', unaccounted, 'records', 0),
          part('opens and execs that differ from what was made', missed, 'records', 0),
          part('aggregated when 1,000 files are opened again and again', sum(repeated.accounting, 'aggregated'), 'records', null),
          part('delivered per second', median(distinct.map((one) => one.eventsPerSecond)), 'records/s', null),
        ],
        [],
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function sum(rows: readonly Accounting[], key: 'made' | 'delivered' | 'aggregated' | 'lost'): number {
  return rows.reduce((total, row) => total + row[key], 0)
}

interface Storm {
  readonly accounting: readonly Accounting[]
  readonly microsecondsPerEvent: number
  readonly eventsPerSecond: number
  /** How many records of a type the kernel side says there were. */
  made(type: string): number
}

async function runStorm(argv: readonly string[], folder: string, say: (line: string) => void): Promise<Storm> {
  mkdirSync(folder, { recursive: true })
  const held = holdCommand(argv, folder)
  try {
    const sensor = await openSensor({ scope: { kind: 'tree' }, hooksCgroup: held.cgroup })
    let received = 0
    sensor.onBatch((records) => {
      received += records.length
    })
    sensor.track(held.pid)
    // The worker thread that drains belongs to this process, so its CPU time is in here too.
    const cpuBefore = process.cpuUsage()
    const wallBefore = performance.now()
    await held.release()
    const accounting = await sensor.close()
    const cpu = process.cpuUsage(cpuBefore)
    const seconds = (performance.now() - wallBefore) / 1000
    const microseconds = cpu.user + cpu.system
    const lost = accounting.reduce((total, row) => total + row.lost, 0)
    say(
      `${argv.slice(0, 4).join(' ')}: ${received} records in ${seconds.toFixed(1)} s, ${(microseconds / 1e6).toFixed(2)} s of CPU, ${lost} lost`,
    )
    return {
      accounting,
      microsecondsPerEvent: microseconds / received,
      eventsPerSecond: received / seconds,
      made: (type) => accounting.find((row) => row.type === type)?.made ?? 0,
    }
  } finally {
    await held.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
