import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EventPage, RunDetail } from '@gatehouse/schema'
import { sampleBatches, sampleJob } from '@gatehouse/schema/testing'
import { afterEach, expect, test } from 'vitest'
import { childrenOf, killProcess, startServerProcess, type ServerProcess } from './testing/process.ts'
import { codeOf, signIn } from './testing/server.ts'

const ROUNDS = 8
const AGENTS = 4
const EVENTS = 12_000
const BATCH = 300
const KILL_AFTER_MS = 200

let folder: string
let server: ServerProcess | undefined
afterEach(async () => {
  if (server !== undefined) await killProcess(server.child)
  rmSync(folder, { recursive: true, force: true })
})

test(
  'kill -9 of the server or of its store, again and again during ingest, loses nothing acknowledged and doubles nothing',
  { timeout: 180_000 },
  async () => {
    folder = mkdtempSync(join(tmpdir(), 'gh-crash-'))
    const data = join(folder, 'data')
    server = await startServerProcess(data)
    const token = readFileSync(server.tokenFile, 'utf8').trim()

    // An agent keeps a batch until it is acknowledged; where the server is changes with every restart.
    const agents = Array.from({ length: AGENTS }, (_, index) => {
      const { job, records } = sampleJob({ seed: 500 + index, events: EVENTS })
      return { job, records, left: [...sampleBatches(job, records, BATCH)], acknowledged: 0, repeated: 0 }
    })
    let url = server.url
    let strike: (() => void) | undefined
    const work = agents.map(async (agent) => {
      while (agent.left.length > 0) {
        const batch = agent.left[0]!
        const acknowledged = await fetch(`${url}/v1/jobs/${agent.job.id}/batches/${batch.meta.n}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
          body: gzipSync(batch.text),
          signal: AbortSignal.timeout(30_000),
        }).then(
          async (response) => {
            const answer = (await response.json()) as { accepted: number; rejected: number; duplicate: boolean }
            // A refusal would be a loss; only busy or stopping servers may put us off.
            if (response.status !== 200 && response.status !== 503 && response.status !== 429)
              throw new Error(`${response.status} ${JSON.stringify(answer)}`)
            if (response.status === 200 && answer.duplicate) agent.repeated++
            if (response.status === 200 && answer.rejected > 0) throw new Error(JSON.stringify(answer))
            return response.status === 200
          },
          () => false,
        )
        if (acknowledged) {
          // The hardest moment: the answer is out, so everything must be on disk already.
          strike?.()
          strike = undefined
          agent.left.shift()
          agent.acknowledged++
          await new Promise((resolve) => setTimeout(resolve, 100))
        } else {
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
    })
    let kills = 0
    for (let round = 0; round < ROUNDS; round++) {
      await new Promise((resolve) => setTimeout(resolve, KILL_AFTER_MS + round * 97))
      if (agents.every((agent) => agent.left.length === 0)) break
      kills++
      const victim = round % 2 === 0 ? childrenOf(server.child.pid!)[0]! : server.child.pid!
      await new Promise<void>((resolve) => {
        strike = () => {
          process.kill(victim, 'SIGKILL')
          resolve()
        }
      })
      if (victim !== server.child.pid) continue
      await killProcess(server.child)
      server = await startServerProcess(data)
      url = server.url
    }
    await Promise.all(work)
    expect(kills).toBe(ROUNDS)

    const person = await signIn(url, codeOf(server.signInUrl))
    for (const { job, records, acknowledged } of agents) {
      expect(acknowledged).toBe(Math.ceil(records.length / BATCH))
      const stored: unknown[] = []
      for (let after = 0; ;) {
        const page = await person.get<EventPage>(`/v1/jobs/${job.id}/events?after=${after}&limit=2500`, EventPage)
        stored.push(...page.items)
        if (page.next === undefined) break
        after = page.next
      }
      expect(stored.length).toBe(EVENTS)
      expect(stored).toEqual(records.flatMap((record) => (record.record === 'event' ? [record.event] : [])))
      await expect
        .poll(async () => (await person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)).run, { timeout: 15_000 })
        .toMatchObject({ state: 'finished', counts: { events: EVENTS, findings: 1 } })
      const detail = await person.get<RunDetail>(`/v1/runs/${job.run.id}`, RunDetail)
      expect(detail.jobs[0]?.summary.missingBatches).toBeUndefined()
      expect(detail.jobs[0]?.summary.rejectedRecords).toBeUndefined()
    }
  },
)

test(
  'a server that dies takes its store worker with it, and one that is asked to stop leaves nothing behind',
  { timeout: 180_000 },
  async () => {
    folder = mkdtempSync(join(tmpdir(), 'gh-crash-'))
    server = await startServerProcess(join(folder, 'data'))
    const [orphan] = childrenOf(server.child.pid!)
    await killProcess(server.child)
    await expect.poll(() => alive(orphan!), { timeout: 15_000 }).toBe(false)

    server = await startServerProcess(join(folder, 'data'))
    const [store] = childrenOf(server.child.pid!)
    expect(await killProcess(server.child, 'SIGTERM')).toBe(0)
    expect(alive(store!)).toBe(false)
    expect(server.log()).not.toContain('"level":"error"')
  },
)

test('a second server on the same folder gives up with the reason, and the first goes on', { timeout: 180_000 }, async () => {
  folder = mkdtempSync(join(tmpdir(), 'gh-crash-'))
  server = await startServerProcess(join(folder, 'data'))
  await expect(startServerProcess(join(folder, 'data'))).rejects.toThrow(/event store does not start/)
  expect((await fetch(`${server.url}/v1/health`)).status).toBe(200)
})

function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
