import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { parseHunt } from '@gatehouse/schema/hunt'
import { sampleJob } from '@gatehouse/schema/testing'
import { expect, test } from 'vitest'
import { silentLog } from '../log.ts'
import { EMBEDDED, STORE_MIGRATIONS } from './ddl.ts'
import { factsOf, type Facts } from './facts.ts'
import { migrateStore } from './migrate.ts'
import { INSERT_COLUMNS, rowHead, toRow } from './row.ts'
import { openEventStore } from './store.ts'
import { superviseStore } from './supervisor.ts'

test('a store from before hunting answers hunts about what it held, counted once even when the upgrade was cut short', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gh-migrate-'))
  const worker = await superviseStore(join(folder, 'events'), silentLog())
  const agentOptions = { keepAlive: true, socketPath: worker.socket }
  const client = createClient({ url: 'http://store', http_agent: new Agent(agentOptions), set_basic_auth_header: false })
  try {
    const { job, records } = sampleJob({ seed: 1, events: 300 })
    const context = { org: 1, job: job.id, week: '2026-11-16' }
    const events = records.flatMap((record) => (record.record === 'event' ? [record.event] : []))
    const steps = records.flatMap((record) => (record.record === 'step' ? [record.step] : []))
    const rows = events.map((event) => toRow(rowHead(context), event)).join('\n')

    // As the first release left it: the table of events, no migrations written down.
    await client.command({ query: 'CREATE DATABASE gatehouse' })
    for (const query of STORE_MIGRATIONS[0]!.statements(EMBEDDED)) await client.command({ query })
    await client.command({ query: `INSERT INTO gatehouse.events (${INSERT_COLUMNS.join(',')}) FORMAT JSONCompactEachRow\n${rows}` })

    // A crash after the roll-up was filled and before that was noted.
    for (const query of STORE_MIGRATIONS[1]!.statements(EMBEDDED)) await client.command({ query })
    let asked = 0
    const earlier = async function* (): AsyncGenerator<Facts> {
      asked++
      yield factsOf(context, { job, steps, findings: [] })
    }
    const store = await openEventStore({ socket: worker.socket }, earlier)
    const query = parseHunt('exe:* and repository:example/widgets and step:"npm ci"', 0)
    if (!query.ok) throw new Error(query.message)
    const found = await store.hunt(1, { expression: query.expression, limit: 10, samples: 0 })
    expect(found).toMatchObject({ source: 'sightings', totals: { runs: 1, events: events.filter((event) => event.step === 2).length } })
    await store.close()

    const again = await openEventStore({ socket: worker.socket }, earlier)
    expect(asked).toBe(1)
    expect((await again.hunt(1, { expression: query.expression, limit: 10, samples: 0 })).totals).toEqual(found.totals)
    await again.close()
    await client.command({ query: "INSERT INTO gatehouse.migration VALUES (99, 'of a newer one')" })
    await expect(migrateStore(client, EMBEDDED, async () => {})).rejects.toThrow('version 99')
  } finally {
    await client.close()
    await worker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
