/** How long hunts take through the public API, with needles that must be found. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event, JournalRecord } from '@gatehouse/schema'
import { randomOf, sampleJob } from '@gatehouse/schema/testing'
import { type Bench, outcome, part, type Part } from './outcome.ts'
import { median } from './statistics.ts'
import { sendable, sendAll, startServer, type BenchServer, type Sendable } from './store-server.ts'

/** Issue 4 sets the targets for 100 million events; this bench says with how many it ran. */
const RARE_P95_MS = 150
const COMMON_P95_MS = 500
const JOB_EVENTS = 5_000
const NEEDLES = 40

export const hunt: Bench = {
  name: 'hunt',
  title: 'hunts through the API, one organization',
  async run({ quick, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'gh-bench-hunt-'))
    const jobs = quick ? 60 : 400
    try {
      const server = await startServer(folder)
      try {
        let seed = 0
        let pending: Sendable[] = []
        const next = (): Sendable | undefined => {
          if (pending.length === 0 && seed < jobs) pending = [...plantedJob(seed++)]
          return pending.shift()
        }
        const events = await sendAll(server, 16, next)
        say(`${events} events, ${NEEDLES} needles`)
        const cookie = await signIn(server)
        const random = randomOf(7)
        const rounds = quick ? 10 : 20
        const parts: Part[] = []
        const measure = async (
          name: string,
          target: number | null,
          query: () => { readonly text: string; readonly runs?: number },
        ): Promise<void> => {
          const times: number[] = []
          for (let round = 0; round < rounds; round++) {
            const { text, runs } = query()
            const began = performance.now()
            const found = await ask(server, cookie, text)
            times.push(performance.now() - began)
            if (runs !== undefined && found !== runs) throw new Error(`${text}: found in ${found} runs, planted in ${runs}`)
          }
          const sorted = times.toSorted((a, b) => a - b)
          parts.push(part(`${name}: median`, median(times), 'ms', null))
          parts.push(part(`${name}: 95th percentile`, sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN, 'ms', target))
        }
        const needle = (): { readonly name: string; readonly runs: number } => {
          const index = random.below(NEEDLES)
          return {
            name: needleOf(index),
            runs: Array.from({ length: jobs }, (_, job) => job).filter((job) => job % NEEDLES === index).length,
          }
        }
        const rare =
          (prefix: string, suffix = '') =>
          () => {
            const { name, runs } = needle()
            return { text: `${prefix}${name}${suffix}`, runs }
          }
        await measure('rare domain, from sightings', RARE_P95_MS, rare('domain:'))
        await measure('rare domain, from events', RARE_P95_MS, rare('domain:', ' kind:dns'))
        await measure('never seen', RARE_P95_MS, () => ({ text: `domain:${random.hex(16)}.example.test`, runs: 0 }))
        await measure('common domain, from sightings', COMMON_P95_MS, () => ({ text: 'domain:registry.example.test', runs: jobs }))
        await measure('path contains', null, () => ({ text: `path:*/${random.below(1_500)}.js*` }))
        const main = parts.find((one) => one.target !== null)
        if (main === undefined) throw new Error('nothing was measured')
        return outcome('hunt', main, [
          ...parts,
          part('events', events, '', null),
          part('store memory at most', server.storePeak() / 1_048_576, 'MiB', null),
        ])
      } finally {
        await server.stop()
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function needleOf(index: number): string {
  return `needle-${index}.example.test`
}

function plantedJob(seed: number): readonly Sendable[] {
  const { job, records } = sampleJob({ seed: seed + 1, events: JOB_EVENTS, repository: `acme/r${seed % 50}` })
  const event: Event = {
    kind: 'dns',
    op: 'query',
    seq: JOB_EVENTS + 1,
    time: job.startedAt + 1_000_000,
    step: 2,
    process: 5,
    exe: '/usr/bin/curl',
    transport: 'udp',
    server: '192.0.2.53',
    port: 53,
    id: 7,
    name: needleOf(seed % NEEDLES),
    type: 'A',
  }
  const planted: readonly JournalRecord[] = [...records.slice(0, -1), { record: 'event', event }, ...records.slice(-1)]
  return sendable(job, planted, 2_500)
}

async function signIn(server: BenchServer): Promise<string> {
  const code = new URL(server.signInUrl).hash.replace('#code=', '')
  const answer = await fetch(`${server.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/** Runs that the hunt found. */
async function ask(server: BenchServer, cookie: string, query: string): Promise<number> {
  const answer = await fetch(`${server.url}/v1/hunts`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const body: unknown = await answer.json()
  const totals: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'totals') : undefined
  if (!answer.ok || typeof totals !== 'object' || totals === null) throw new Error(`${query}: ${JSON.stringify(body).slice(0, 300)}`)
  return Number(Reflect.get(totals, 'runs'))
}
