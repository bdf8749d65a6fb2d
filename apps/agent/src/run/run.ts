/* `gatehouse run`: any command, watched from its first instruction to its last. */
import type { Capture, Job, JobEnd, JournalRecord, Verdict } from '@gatehouse/schema'
import { SCHEMA_VERSION } from '@gatehouse/schema/version'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { arch, homedir, hostname, release, type as systemName } from 'node:os'
import { obstacles } from '../doctor/checks.ts'
import { EXIT } from '../exit-codes.ts'
import { renderSummary, wrap } from '../report/render.ts'
import { createSummary } from '../report/summary.ts'
import { visible } from '../report/visible.ts'
import { openReport, type ReportWriter } from '../report/writer.ts'
import type { TlsProbeOptions } from '../sensor/probes.ts'
import { openSensor, type Sensor } from '../sensor/sensor.ts'
import type { Upload } from '../upload/upload.ts'
import { agentVersion } from '../version.ts'
import { cgroup2Mount, createCgroup, type JobCgroup } from './cgroup.ts'
import { identifyRun } from './identity.ts'
import { launch, whyNotRunnable } from './launch.ts'
import { readRunOptions, UsageError, type RunOptions } from './options.ts'
import { catchSignals, type Signals } from './signals.ts'
import { createWatch, jobRedactor } from './watch.ts'

export interface RunIo {
  readonly stderr: (text: string) => void
  readonly color: boolean
  /** Descriptors above 2 that the command shall have. */
  readonly inherited: readonly number[]
}

/** @returns The exit code of the command; 125 when it could not be watched, 126 or 127 when it could not be run. */
export async function run(args: readonly string[], environment: NodeJS.ProcessEnv, io: RunIo): Promise<number> {
  let options: RunOptions
  try {
    options = readRunOptions(args, environment)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr(`gatehouse run: ${visible(error.message)}\n`)
    return EXIT.usage
  }
  // The job has no business with our token, and neither have the programs it starts.
  const { GATEHOUSE_TOKEN: _token, ...jobEnvironment } = environment

  const problem = whyNotRunnable(options.command[0] ?? '', environment['PATH'] ?? '')
  if (problem) {
    io.stderr(`gatehouse run: ${visible(problem.message)}\n`)
    return problem.code
  }
  let report: ReportWriter | undefined
  try {
    if (options.report !== undefined) report = openReport(options.report)
  } catch (error) {
    io.stderr(`gatehouse run: cannot write the report: ${visible(messageOf(error))}\n`)
    return EXIT.usage
  }

  // From here on there is something to clean up, so a signal no longer just ends us.
  const signals = catchSignals()
  let start: Start | undefined
  try {
    start = await startSensor(tlsProbesOf(environment))
    if (start.sensor === undefined && !options.allowDegraded) {
      report?.close()
      io.stderr(whatIsMissing(start.reasons))
      return EXIT.sensorFailed
    }
    return await runWatched(options, jobEnvironment, io, start, report, signals)
  } finally {
    signals.close()
    start?.cgroup?.remove()
  }
}

interface Start {
  readonly sensor: Sensor | undefined
  readonly cgroup: JobCgroup | undefined
  /** Why the sensor is not there, or not whole. */
  readonly reasons: readonly string[]
}

async function startSensor(tlsProbes: TlsProbeOptions | undefined): Promise<Start> {
  const missing = obstacles()
  const mount = cgroup2Mount()
  if (missing.length > 0 || mount === undefined) {
    return {
      sensor: undefined,
      cgroup: undefined,
      reasons: missing.map(
        ({ title, found, remedy }) => `needs ${title}; found: ${found}${remedy === undefined ? '' : `; fix: ${remedy}`}`,
      ),
    }
  }
  let cgroup: JobCgroup | undefined
  try {
    cgroup = createCgroup(mount)
    const sensor = await openSensor({
      scope: { kind: 'cgroup', path: cgroup.path },
      hooksCgroup: cgroup.path,
      ...(tlsProbes === undefined ? {} : { tlsProbes }),
    })
    return { sensor, cgroup, reasons: sensor.capabilities.missing }
  } catch (error) {
    cgroup?.remove()
    return { sensor: undefined, cgroup: undefined, reasons: [`the sensor does not start: ${messageOf(error)}`] }
  }
}

async function runWatched(
  options: RunOptions,
  jobEnvironment: NodeJS.ProcessEnv,
  io: RunIo,
  { sensor, cgroup, reasons }: Start,
  report: ReportWriter | undefined,
  signals: Signals,
): Promise<number> {
  const redactor = jobRedactor(jobEnvironment)
  const command = redactor.argv(options.command.slice(0, 256), 8_192)
  const line = command.join(' ')
  const startedAt = Date.now() * 1_000
  const capture: Capture = {
    mode: sensor === undefined ? 'none' : sensor.capabilities.full ? 'full' : 'degraded',
    reasons: reasons.map((reason) => redactor.text(reason).slice(0, 512)).slice(0, 32),
    ...(sensor === undefined ? {} : { scope: 'cgroup' as const }),
  }
  const job: Job = {
    id: randomUUID(),
    run: identifyRun(jobEnvironment),
    name: redactor.text(options.jobName ?? jobEnvironment['GITHUB_JOB'] ?? line).slice(0, 512),
    command,
    cwd: redactor.path(process.cwd()).slice(0, 4_096),
    runner: {
      name: (jobEnvironment['RUNNER_NAME'] ?? hostname()).slice(0, 256),
      os: systemName().slice(0, 128),
      arch: arch().slice(0, 32),
      kernel: release().slice(0, 128),
    },
    agent: { version: agentVersion(), ...(sensor === undefined ? {} : { object: sensor.capabilities.objectSha256 }) },
    capture,
    startedAt,
  }

  const summary = createSummary({ cwd: process.cwd(), home: homedir() })
  const upload = await openUpload(options, job)
  const sinks: ((record: JournalRecord) => void)[] = [summary.observe]
  if (report) sinks.push(report.write)
  if (upload?.sender) sinks.push(upload.sender.add)
  const emit = (record: JournalRecord) => {
    for (const sink of sinks) sink(record)
  }
  emit({ record: 'job', schema: SCHEMA_VERSION, job })

  const watch = createWatch({
    sensor,
    redactor,
    command: line,
    startedAt,
    sinks,
    readsTls: tlsProbesOf(jobEnvironment) !== undefined,
    onTick() {
      upload?.sender?.tick()
      if (upload?.sender) watch.lost('spool-full', 'batch', upload.sender.takeDropped())
    },
  })

  const child = await launch(options.command, jobEnvironment, signals, io.inherited)
  const began = performance.now()
  try {
    cgroup?.add(child.pid)
  } catch (error) {
    child.abandon()
    await child.ended
    await watch.end(EXIT.sensorFailed, Date.now() * 1_000)
    report?.close()
    io.stderr(`gatehouse run: the command could not be put into its cgroup: ${visible(messageOf(error))}\n`)
    return EXIT.sensorFailed
  }
  child.release()
  const exitCode = await child.ended
  const durationMs = performance.now() - began
  const finishedAt = Date.now() * 1_000
  const left = cgroup?.members() ?? []
  const accounting = await watch.end(exitCode, finishedAt)
  cgroup?.remove()

  const notes: string[] = []
  if (left.length > 0) notes.push(outlivedNote(left, watch.attributor))
  if (watch.journal.suppressed > 0) notes.push(`${watch.journal.suppressed} further findings were not kept.`)
  if (upload?.problem !== undefined) notes.push(upload.problem)
  const lost = accounting.reduce((sum, entry) => sum + entry.lost, 0)
  const verdict: Verdict = capture.mode === 'full' && lost === 0 && watch.undecodable() === 0 ? 'complete' : 'degraded'
  const end: JobEnd = {
    finishedAt,
    exitCode,
    verdict,
    events: watch.journal.seq,
    accounting,
    notes: notes.map((note) => redactor.text(note).slice(0, 512)).slice(0, 64),
  }
  emit({ record: 'end', end })

  const unwritten = report?.close()
  // The record is safe; whoever does not want to wait for the server may end us now.
  signals.close()
  const uploaded = await upload?.finish()
  if (!options.quiet) {
    const shown = unwritten === undefined ? end : { ...end, notes: [...end.notes, unwritten] }
    io.stderr(
      renderSummary(summary.summary(), {
        color: io.color && !options.noColor,
        command: line,
        durationMs,
        end: shown,
        mode: capture.mode,
        reasons: capture.reasons,
        ...(options.report === undefined ? {} : { report: options.report }),
        ...(uploaded === undefined ? {} : { upload: uploaded }),
      }),
    )
  } else if (unwritten !== undefined || uploaded !== undefined) {
    // Quiet is about the summary. That a record was asked for and is not where it should be must be said.
    io.stderr([unwritten, uploaded].flatMap((text) => (text === undefined ? [] : [`gatehouse run: ${visible(text)}\n`])).join(''))
  }
  return exitCode
}

/** What sends is loaded only when there is somewhere to send to: it takes a good part of our start. */
async function openUpload(options: RunOptions, job: Job): Promise<Upload | undefined> {
  if (options.server === undefined || options.token === undefined) return undefined
  const { startUpload } = await import('../upload/upload.ts')
  return startUpload(options.server, options.token, job)
}

/**
 * What GATEHOUSE_TLS_PROBES says: `off`, or a folder beyond which no file is probed; by default whatever the job runs. Probes are felt by
 * every process that runs the same file, which a shared machine may not want and tests must not do.
 */
function tlsProbesOf(environment: NodeJS.ProcessEnv): TlsProbeOptions | undefined {
  const wanted = environment['GATEHOUSE_TLS_PROBES'] ?? ''
  if (wanted === 'off') return undefined
  const node = (environment['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'node'))
    .find((file) => existsSync(file))
  return { ...(wanted.startsWith('/') ? { below: wanted } : {}), ...(node === undefined ? {} : { programs: [node] }) }
}

function outlivedNote(
  pids: readonly number[],
  attributor: { readonly processes: { byPid(pid: number): { readonly exe: string } | undefined } },
): string {
  const names = pids.slice(0, 5).map((pid) => `${attributor.processes.byPid(pid)?.exe ?? 'unknown'} (pid ${pid})`)
  const more = pids.length > names.length ? ` and ${pids.length - names.length} more` : ''
  return `${pids.length} ${pids.length === 1 ? 'process' : 'processes'} outlived the command and ${pids.length === 1 ? 'is' : 'are'} not watched any more: ${names.join(', ')}${more}.`
}

function whatIsMissing(reasons: readonly string[]): string {
  const lines = reasons.flatMap((reason) => wrap(`✗ ${visible(reason)}`, 2))
  return [
    'gatehouse run: the command was not started, because it cannot be watched here.',
    ...lines,
    'gatehouse doctor explains this machine; --allow-degraded runs the command without watching it.',
    '',
  ].join('\n')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
