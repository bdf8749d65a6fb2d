/* The demonstration of `npm start`: the real job under the sensor, or its recording where there can be no sensor. */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeBatch } from '@gatehouse/schema/wire'
import { prepareReplay } from '../../scenarios/judge/replay.ts'
import { buildReport, readReport, type Report } from '../../scenarios/judge/report.ts'
import { fixtureObstacle, prepareJob, runPreparedJob } from '../../scenarios/runner/fixture.ts'
import { readScenario } from '../../scenarios/runner/scenario.ts'
import { ROOT } from '../root.ts'
import { gatehouse, runToEnd } from './processes.ts'
import type { Progress } from './progress.ts'
import type { Server } from './server.ts'

export interface Shown {
  readonly report: Report
  /** Why it is a recording; undefined for a live run. */
  readonly replayed?: string
}

const SCENARIO = 'demo'
const RECORDING = path.join(ROOT, 'scenarios', SCENARIO, 'recording.jsonl')
const CANNOT_START = 125
const BATCH_RECORDS = 2_000

/**
 * Runs the job against a server.
 * @throws {Error} when preparing fails. A sensor that cannot start is no error: the recording is shown instead.
 */
export async function demonstrate(
  server: Server,
  progress: Progress,
  { replayOnly, signal }: { readonly replayOnly: boolean; readonly signal: AbortSignal },
): Promise<Shown> {
  const obstacle = replayOnly ? 'a recording was asked for (--replay)' : fixtureObstacle(readScenario(SCENARIO))
  if (obstacle) return replay(server, progress, obstacle)

  const job = await progress.step('demonstration prepared', (note) => prepareJob({ scenario: SCENARIO, onProgress: note }))
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-start-'))
  try {
    const file = path.join(folder, 'report.jsonl')
    const wrap = gatehouse('run', '--quiet', '--report', file, '--server', server.url, '--token-file', server.tokenFile, '--')
    const run = await progress.step('demonstration job under the sensor', async (note) => {
      const result = await runPreparedJob(job, { wrap, signal })
      signal.throwIfAborted()
      if (result.exitCode === CANNOT_START) note('not run: the sensor cannot start')
      else if (result.exitCode !== 0) {
        throw new Error(`the demonstration job failed with exit code ${result.exitCode}:\n${result.output.trimEnd()}`)
      }
      return result
    })
    if (run.exitCode === CANNOT_START) return await replay(server, progress, await sensorObstacle())
    return { report: readReport(file) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await job.close()
  }
}

/** Sends the recording through the same door as an agent. */
async function replay(server: Server, progress: Progress, why: string): Promise<Shown> {
  if (!existsSync(RECORDING)) throw new Error(`${why}\nand there is no recording to show instead (${path.relative(ROOT, RECORDING)})`)
  return progress.step('demonstration replayed from its recording', async () => {
    const note = `This is a recording that was played back: ${why}.`
    const lines = readFileSync(RECORDING, 'utf8').split('\n')
    const { records, job } = prepareReplay(lines, Date.now() * 1_000, randomUUID, note.slice(0, 512))
    const token = readFileSync(server.tokenFile, 'utf8').trim()
    for (let at = 0, n = 1; at < records.length; at += BATCH_RECORDS, n += 1) {
      const final = at + BATCH_RECORDS >= records.length
      const clock = Date.now() * 1_000
      const body = encodeBatch({ job, n, clock, agent: 'replay', final }, records.slice(at, at + BATCH_RECORDS))
      const response = await fetch(`${server.url}/v1/jobs/${job}/batches/${n}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
        body,
      })
      if (!response.ok) throw new Error(`the server refused the recording: ${response.status} ${(await response.text()).slice(0, 500)}`)
      const { rejected, rejections } = (await response.json()) as { rejected: number; rejections: unknown }
      if (rejected > 0)
        throw new Error(`the server did not take ${rejected} records of the recording: ${JSON.stringify(rejections).slice(0, 500)}`)
    }
    return { report: buildReport(records), replayed: why }
  })
}

/** What `gatehouse doctor` finds wrong, after a sensor that could not start. */
async function sensorObstacle(): Promise<string> {
  const { output } = await runToEnd(gatehouse('doctor', '--json'))
  try {
    const { checks } = JSON.parse(output) as { checks: readonly { ok: boolean; required: boolean; title: string; found: string }[] }
    const bad = checks.find((check) => check.required && !check.ok)
    return `the sensor cannot run (${bad ? `${bad.title}: ${bad.found}` : 'npx gatehouse doctor explains'})`
  } catch {
    return 'the sensor cannot run (npx gatehouse doctor explains)'
  }
}
