/** How long a job waits for the sensor, and what `gatehouse run` adds to a command that does nothing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSensor } from '../apps/agent/src/sensor/sensor.ts'
import { cannotRun, gatehouseRun } from './gatehouse.ts'
import { type Bench, outcome, part, skipped } from './outcome.ts'
import { holdCommand } from './scope.ts'
import { alternatingPairs, estimate } from './statistics.ts'
import { runOnce } from './timing.ts'
import type { Workload } from './workloads/workload.ts'

const LOAD_MILLISECONDS_TARGET = 300

export const startup: Bench = {
  name: 'startup',
  title: 'loading the sensor, and gatehouse run of nothing',
  async run({ quick, say }) {
    const reason = cannotRun()
    if (reason !== undefined) return skipped('startup', 'ms', LOAD_MILLISECONDS_TARGET, reason)
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-startup-'))
    try {
      const count = quick ? 5 : 11
      const loads: number[] = []
      for (let i = 0; i < count; i++) loads.push(await loadOnce(folder))
      const nothing: Workload = {
        name: 'true',
        kind: 'exec-bound',
        wallTarget: null,
        argv: ['true'],
        cwd: folder,
        reset: () => Promise.resolve(),
      }
      const pairs = await alternatingPairs(
        count,
        () => runOnce(nothing, folder),
        () => runOnce(nothing, folder, { prefix: gatehouseRun(join(folder, 'report.jsonl')) }),
      )
      const load = estimate(loads)
      const added = estimate(pairs.map(({ on, off }) => 1000 * (on.whole.wallSeconds - off.whole.wallSeconds)))
      const cpu = estimate(pairs.map(({ on, off }) => 1000 * (on.whole.cpuSeconds - off.whole.cpuSeconds)))
      say(`load and attach: ${loads.map((one) => one.toFixed(0)).join(' ')} ms`)
      const main = part('load and attach', load.median, 'ms', LOAD_MILLISECONDS_TARGET, [load.low, load.high])
      return outcome('startup', main, [
        main,
        part('gatehouse run -- true: wall time added', added.median, 'ms', null, [added.low, added.high]),
        part('gatehouse run -- true: CPU time added', cpu.median, 'ms', null, [cpu.low, cpu.high]),
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Milliseconds until the sensor is attached, by our own clock and not by what it says of itself. */
async function loadOnce(folder: string): Promise<number> {
  const held = holdCommand(['true'], folder)
  try {
    const started = performance.now()
    const sensor = await openSensor({ scope: { kind: 'tree' }, hooksCgroup: held.cgroup })
    const milliseconds = performance.now() - started
    await sensor.close()
    return milliseconds
  } finally {
    await held.remove()
  }
}
