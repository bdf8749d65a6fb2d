/*
 * `npm run scenarios [-- NAME… --json --record]`: runs scenarios on the real sensor and compares what it reports with what
 * each expects. Prints a matrix; with --json the last line is one object. --record writes a scenario's recording instead of
 * only judging it, and refuses when the judgement is bad or the scenario is not committed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Expected, judge, type Tally, type Verdict } from '../scenarios/judge/judge.ts'
import { makeRecording } from '../scenarios/judge/recorder.ts'
import { readReport, type Report } from '../scenarios/judge/report.ts'
import { command } from '../scenarios/network/command.ts'
import { fixtureObstacle, type PreparedJob, prepareJob, runPreparedJob } from '../scenarios/runner/fixture.ts'
import { readScenario, type Scenario, scenarioNames } from '../scenarios/runner/scenario.ts'
import { ROOT } from './root.ts'
import { gatehouse } from './start/processes.ts'

interface Outcome {
  readonly scenario: Scenario
  readonly seconds: number
  readonly verdict?: Verdict
  readonly error?: string
  /** Why it could not be run here. */
  readonly skipped?: string
  readonly events: number
}

process.exitCode = await main()

async function main(): Promise<number> {
  const options = readOptions()
  if (!options) {
    console.error(`usage: npm run scenarios -- [NAME…] [--json] [--record]\nscenarios: ${scenarioNames().join(', ')}`)
    return 2
  }
  const outcomes: Outcome[] = []
  for (const name of options.names) {
    const outcome = await runScenario(readScenario(name), options.record)
    outcomes.push(outcome)
    console.log(row(outcome))
    const problems = outcome.verdict?.problems ?? []
    for (const problem of outcome.error === undefined ? problems : [outcome.error]) console.log(`    ${problem}`)
  }
  const passed = outcomes.filter(isGood).length
  console.log(`${passed} of ${outcomes.length} as expected`)
  if (options.json) console.log(JSON.stringify(summary(outcomes)))
  return passed === outcomes.length ? 0 : 1
}

async function runScenario(scenario: Scenario, record: boolean): Promise<Outcome> {
  const started = performance.now()
  const done = (rest: Partial<Outcome>): Outcome => ({ scenario, seconds: (performance.now() - started) / 1_000, events: 0, ...rest })
  const skipped = fixtureObstacle(scenario)
  if (skipped) return done({ skipped, error: `cannot run here: ${skipped}` })

  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-judge-'))
  let job: PreparedJob | undefined
  try {
    job = await prepareJob({ scenario: scenario.name })
    const file = path.join(folder, 'report.jsonl')
    const run = await runPreparedJob(job, { wrap: gatehouse('run', '--quiet', '--report', file, '--') })
    if (run.exitCode !== 0) return done({ error: `the job ended with exit code ${run.exitCode}:\n${run.output.slice(-2_000)}` })

    const report = readReport(file)
    const leak = leakedDecoy(readFileSync(file, 'utf8'), job)
    const base = judge(readExpected(scenario), report)
    const problems = [...base.problems, ...leak, ...attackProblems(scenario, job)]
    const verdict = { ...base, problems }
    if (record) {
      if (problems.length > 0) return done({ verdict, error: `not recorded: ${problems.join('; ')}` })
      await writeRecording(scenario, report, job)
    }
    return done({ verdict, events: report.events.length })
  } catch (error) {
    return done({ error: error instanceof Error ? error.message : String(error) })
  } finally {
    await job?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An attack that did not work proves nothing about a detection, and an ordinary build must not have attacked. */
function attackProblems(scenario: Scenario, job: PreparedJob): string[] {
  const worked = job.caught().length > 0
  if (worked === (scenario.kind === 'attack')) return []
  return [worked ? 'an ordinary build reached the attacker' : 'the simulated attack did not reach the attacker']
}

/** Secrets of the job are decoys, so finding one in a report is a leak of ours. */
function leakedDecoy(text: string, job: PreparedJob): string[] {
  return [...job.decoys].filter(([, value]) => text.includes(value)).map(([name]) => `the report contains the decoy ${name}`)
}

async function writeRecording(scenario: Scenario, report: Report, job: PreparedJob): Promise<void> {
  const target = path.join(scenario.folder, 'recording.jsonl')
  const changed = (await git('status', '--porcelain', '--', 'scenarios', `:!${path.relative(ROOT, target)}`)).trim()
  if (changed) throw new Error(`commit the scenarios first; a recording names the commit it was made from:\n${changed}`)
  const commit = (await git('log', '-1', '--format=%H', '--', 'scenarios')).trim()

  const lines = makeRecording(
    { scenario: scenario.name, commit },
    report.records,
    [
      [job.layout.root, '/home/runner/actions-runner'],
      [path.dirname(job.layout.root), '/var/lib/fixture'],
      [ROOT, '/opt/gatehouse'],
    ],
    [hostname(), ROOT, path.basename(path.dirname(job.layout.root)), ...job.decoys.values()].filter((text) => text.length > 3),
  )
  writeFileSync(target, `${lines.join('\n')}\n`)
  console.log(`recorded ${lines.length - 1} records to ${path.relative(ROOT, target)}`)
}

function git(...args: readonly string[]): Promise<string> {
  return command('git', args, { cwd: ROOT })
}

function readExpected(scenario: Scenario): Expected {
  // Safe: a file of this repository, beside its scenario.
  return JSON.parse(readFileSync(path.join(scenario.folder, 'expected.json'), 'utf8')) as Expected
}

function isGood({ verdict, error }: Outcome): boolean {
  return error === undefined && verdict !== undefined && verdict.problems.length === 0
}

function row(outcome: Outcome): string {
  const { scenario, verdict, seconds, events } = outcome
  const cells = verdict
    ? `seen ${tally(verdict.seen)}  attributed ${tally(verdict.attributed)}  detected ${tally(verdict.detected)}  false alarms ${verdict.falseAlarms.length}`
    : 'no verdict'
  return `${isGood(outcome) ? '✓' : '✗'} ${scenario.name.padEnd(14)} ${scenario.kind.padEnd(8)} ${cells.padEnd(66)} ${String(events).padStart(6)} events ${seconds.toFixed(1).padStart(5)} s`
}

function tally({ found, expected }: Tally): string {
  return `${found}/${expected}`
}

/** The object of contracts, "Measuring". */
function summary(outcomes: readonly Outcome[]) {
  const skipped = outcomes.find((outcome) => outcome.skipped !== undefined)?.skipped
  return {
    name: 'scenarios',
    figure: outcomes.filter(isGood).length,
    unit: 'scenarios as expected',
    target: outcomes.length,
    pass: outcomes.every(isGood),
    compared: [],
    parts: outcomes.map((outcome) => ({
      name: outcome.scenario.name,
      figure: outcome.verdict?.problems.length ?? 1,
      unit: 'problems',
      target: 0,
      pass: isGood(outcome),
      ...(outcome.verdict
        ? {
            seen: outcome.verdict.seen,
            attributed: outcome.verdict.attributed,
            detected: outcome.verdict.detected,
            falseAlarms: outcome.verdict.falseAlarms.length,
          }
        : {}),
    })),
    ...(skipped === undefined ? {} : { skipped }),
  }
}

function readOptions(): { readonly names: readonly string[]; readonly json: boolean; readonly record: boolean } | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, record: { type: 'boolean', default: false } },
    })
    if (positionals.some((name) => !scenarioNames().includes(name))) return null
    return { names: positionals.length > 0 ? positionals : scenarioNames(), json: values.json, record: values.record }
  } catch {
    return null
  }
}
