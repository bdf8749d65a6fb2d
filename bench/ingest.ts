/** How many events a second the server takes, from HTTP until they are durable, and what they weigh on disk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleJob } from '@gatehouse/schema/testing'
import { atLeast, type Bench, outcome, part } from './outcome.ts'
import { askStore } from '../apps/server/src/testing/ask-store.ts'
import { sendable, sendAll, startServer, type Sendable } from './store-server.ts'

const EVENTS_PER_SECOND_TARGET = 60_000
const BYTES_PER_EVENT_TARGET = 20
const JOB_EVENTS = 5_000
const BATCH_RECORDS = 2_500
const IN_FLIGHT = 48

export const ingest: Bench = {
  name: 'ingest',
  title: 'ingest: HTTP to durable, load generator on the same cores',
  async run({ quick, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'gh-bench-ingest-'))
    const jobs = quick ? 40 : 500
    // Made before the clock runs: an agent's work is not the server's.
    const batches: Sendable[] = []
    let seed = 0
    for (let index = 0; index < jobs; index++) {
      const { job, records } = sampleJob({ seed: ++seed, events: JOB_EVENTS, repository: `acme/r${seed % 50}` })
      batches.push(...sendable(job, records, BATCH_RECORDS))
    }
    try {
      const server = await startServer(folder)
      let events: number
      let seconds: number
      let cpu: ReturnType<typeof server.cpu>
      let peak: number
      try {
        let next = 0
        const before = server.cpu()
        const began = performance.now()
        events = await sendAll(server, IN_FLIGHT, () => batches[next++])
        seconds = (performance.now() - began) / 1_000
        // Totals are counted a moment after the answer; that work is part of the price.
        await new Promise((resolve) => setTimeout(resolve, 2_000))
        const after = server.cpu()
        cpu = { server: after.server - before.server, store: after.store - before.store }
        peak = server.storePeak()
      } finally {
        await server.stop()
      }
      say(`${events} events in ${seconds.toFixed(1)} s`)
      const sizes = await askStore<{ readonly table: string; readonly bytes: string; readonly rows: string }>(
        folder,
        ['OPTIMIZE TABLE gatehouse.events FINAL', 'OPTIMIZE TABLE gatehouse.sightings FINAL'],
        `SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts WHERE active AND database = 'gatehouse' GROUP BY table`,
      )
      const of = (table: string): { readonly bytes: number; readonly rows: number } => {
        const row = sizes.find((size) => size.table === table)
        return { bytes: Number(row?.bytes), rows: Number(row?.rows) }
      }
      const stored = of('events').rows
      if (stored !== events) throw new Error(`${events} events were acknowledged, ${stored} are stored`)
      const main = atLeast('events per second', events / seconds, 'events/s', EVENTS_PER_SECOND_TARGET)
      return outcome('ingest', main, [
        main,
        part('events on disk', of('events').bytes / stored, 'B/event', BYTES_PER_EVENT_TARGET),
        part('sightings on disk', of('sightings').bytes / stored, 'B/event', null),
        part('sightings', of('sightings').rows / stored, 'rows/event', null),
        part('server processor time', (cpu.server / events) * 1e6, 'µs/event', null),
        part('store processor time', (cpu.store / events) * 1e6, 'µs/event', null),
        part('store memory at most', peak / 1_048_576, 'MiB', null),
      ])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
