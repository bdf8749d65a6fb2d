/* Looks into the event store of a server that has stopped: for measurements of what lies on disk. */
import { Agent } from 'node:http'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { superviseStore } from '../events/supervisor.ts'
import { silentLog } from '../log.ts'

/** Runs commands and a query on the store in a data folder that no server uses. */
export async function askStore<T>(folder: string, commands: readonly string[], query: string): Promise<readonly T[]> {
  const worker = await superviseStore(join(folder, 'events'), silentLog())
  const agentOptions = { keepAlive: true, socketPath: worker.socket }
  const client = createClient({
    url: 'http://store',
    http_agent: new Agent(agentOptions),
    set_basic_auth_header: false,
    request_timeout: 600_000,
  })
  try {
    for (const command of commands) await client.command({ query: command })
    return await (await client.query({ query, format: 'JSONEachRow' })).json<T>()
  } finally {
    await client.close()
    await worker.stop()
  }
}
