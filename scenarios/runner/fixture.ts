/*
 * Makes everything one job needs (packages, repository, network, runner installation), runs it, and removes it all. What is
 * watched is only what comes after: `prepareJob` gives back a command line, so a sensor can be put in front of it.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isAbandoned, ownerTag } from '../network/owner.ts'
import { type Network, networkObstacle, openNetwork } from '../network/network.ts'
import { fetchPackages } from '../network/packages.ts'
import * as plan from '../network/plan.ts'
import { createDecoys } from './decoys.ts'
import { installRunner, type Layout, layoutOf } from './layout.ts'
import type { JobMessage } from './message.ts'
import { bareRepositoryPath, publishRepository } from './repository.ts'
import { readScenario, type Scenario, SCENARIOS } from './scenario.ts'
import { readWorkflowJob } from './workflow.ts'

/** One request that reached a sinkhole. */
export interface Caught {
  readonly time: number
  readonly method: string
  readonly path: string
  readonly bytes: number
  readonly body: string
}

export interface PreparedJob {
  readonly scenario: Scenario
  readonly layout: Layout
  /** Runs the job from the root of the runner; the message goes to its standard input. */
  readonly command: readonly string[]
  readonly input: string
  readonly message: JobMessage
  /** What the runner tells everything it starts about the job: the environment of an agent beside it. */
  readonly identity: Readonly<Record<string, string>>
  /** Decoys by name: what must never turn up in a report. */
  readonly decoys: ReadonlyMap<string, string>
  /** What the attacker's host received so far. */
  caught(): Caught[]
  /** Removes network and folders. Safe to call twice. */
  close(): Promise<void>
}

export interface PrepareOptions {
  /** Name of a scenario, or path of its folder. */
  readonly scenario: string
  /** Where fetched packages are kept between runs. */
  readonly cache?: string
  readonly onProgress?: (text: string) => void
}

const DEFAULT_CACHE = join(SCENARIOS, '..', '.cache', 'scenarios')
const FOLDER_PREFIX = 'gh-'

/** Why scenarios cannot run on this machine, or null when they can. */
export function fixtureObstacle(scenario?: Scenario): string | null {
  const network = networkObstacle()
  if (network) return network
  const missing = ['git', 'npm', ...(scenario?.programs ?? [])].filter((program) => !onPath(program))
  return missing.length > 0 ? `missing programs: ${missing.join(', ')}` : null
}

/**
 * Prepares a job.
 * @throws {Error} when the machine lacks something or the registry cannot be reached; nothing is left behind.
 */
export async function prepareJob({ scenario: name, cache = DEFAULT_CACHE, onProgress }: PrepareOptions): Promise<PreparedJob> {
  const scenario = readScenario(name)
  const obstacle = fixtureObstacle(scenario)
  if (obstacle) throw new Error(obstacle)
  removeAbandonedFolders()

  const packages = join(cache, 'packages', scenario.name)
  const fetched = await fetchPackages(packages, scenario.packages)
  if (fetched > 0) onProgress?.(`fetched ${fetched} packages from the configured registry`)

  const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${ownerTag()}-`))
  let network: Network | null = null
  async function close(): Promise<void> {
    await network?.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const decoys = createDecoys()
    const layout = layoutOf(join(folder, 'actions-runner'), scenario.repository.split('/')[1] ?? scenario.name)
    const sha = await publishRepository(join(scenario.folder, 'repository'), bareRepositoryPath(join(folder, 'git'), scenario.repository))
    const record = join(folder, 'caught.jsonl')
    network = await openNetwork(folder, [
      { name: plan.REGISTRY_NAME, address: plan.REGISTRY_ADDRESS, port: 80, service: { kind: 'registry', packages } },
      { name: plan.GIT_NAME, address: plan.GIT_ADDRESS, port: 80, service: { kind: 'files', folder: join(folder, 'git') } },
      { address: plan.ATTACKER_ADDRESS, port: plan.ATTACKER_PORT, service: { kind: 'sinkhole', record } },
    ])
    mkdirSync(layout.root)
    installRunner(layout, network.enter)
    for (const [path, lines] of Object.entries(scenario.home)) {
      mkdirSync(dirname(join(layout.home, path)), { recursive: true })
      writeFileSync(join(layout.home, path), decoys.fill(`${lines.join('\n')}\n`), { mode: 0o600 })
    }
    const message = jobMessage(scenario, sha, (secret) => decoys.get(secret))
    return {
      scenario,
      layout,
      command: ['./run.sh'],
      input: `${JSON.stringify(message)}\n`,
      message,
      identity: identityOf(message),
      decoys: decoys.all,
      caught: () =>
        existsSync(record)
          ? readFileSync(record, 'utf8')
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as Caught)
          : [],
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

export interface JobRun {
  readonly exitCode: number
  readonly output: string
  readonly caught: readonly Caught[]
}

/**
 * Runs a prepared job to its end.
 * @param wrap Put in front of the job's command line, such as `gatehouse run --`.
 */
export async function runPreparedJob(
  job: PreparedJob,
  options: {
    readonly wrap?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly onOutput?: (text: string) => void
    readonly signal?: AbortSignal
  } = {},
): Promise<JobRun> {
  const [program = '', ...args] = [...(options.wrap ?? []), ...job.command]
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/',
    LANG: 'C.UTF-8',
    // A watching agent puts its probes into the fixture's own programs only: the machine's libraries serve others too.
    GATEHOUSE_TLS_PROBES: job.layout.root,
    ...job.identity,
    ...options.env,
  }
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], cwd: job.layout.root })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      options.onOutput?.(text)
    })
  }
  child.stdin.on('error', () => null) // a command that cannot start says so itself
  child.stdin.end(job.input)
  const stop = () => child.kill('SIGTERM')
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code ?? 137))
    })
    return { exitCode, output, caught: job.caught() }
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
}

/** Prepares, runs and removes a scenario's job. */
export async function runFixtureJob(options: PrepareOptions & Parameters<typeof runPreparedJob>[1]): Promise<JobRun> {
  const job = await prepareJob(options)
  try {
    return await runPreparedJob(job, options)
  } finally {
    await job.close()
  }
}

function identityOf({ github, jobName }: JobMessage): Record<string, string> {
  const context = Object.entries(github).map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value])
  return { ...Object.fromEntries(context), GITHUB_JOB: jobName, RUNNER_NAME: 'fixture-runner' }
}

function jobMessage(scenario: Scenario, sha: string, decoy: (name: string) => string): JobMessage {
  const job = readWorkflowJob(readFileSync(join(scenario.folder, 'repository', scenario.workflow), 'utf8'), scenario.job)
  const runId = String(Date.now())
  const [owner = ''] = scenario.repository.split('/')
  const secret = (name: string) => ({ value: decoy(name), isSecret: true })
  return {
    jobId: randomUUID(),
    jobName: job.jobName,
    github: {
      server_url: `http://${plan.GIT_NAME}`,
      api_url: `http://api.${plan.GIT_NAME}`,
      repository: scenario.repository,
      repository_owner: owner,
      workflow: job.workflowName,
      workflow_ref: `${scenario.repository}/${scenario.workflow}@refs/heads/main`,
      workflow_sha: sha,
      job: scenario.job,
      run_id: runId,
      run_number: '1',
      run_attempt: '1',
      event_name: 'push',
      ref: 'refs/heads/main',
      ref_name: 'main',
      ref_type: 'branch',
      sha,
      actor: 'octavia',
      triggering_actor: 'octavia',
    },
    variables: {
      'system.github.token': secret('GITHUB_TOKEN'),
      ACTIONS_RUNTIME_TOKEN: secret('RUNTIME_TOKEN'),
      ...Object.fromEntries(scenario.secrets.map((name) => [name, secret(name)])),
    },
    env: job.env,
    steps: job.steps,
    timeoutMinutes: job.timeoutMinutes,
    actionFolders: [join(scenario.folder, 'actions'), join(SCENARIOS, 'actions')],
  }
}

/** Folders of runs whose process was killed. */
function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const match = /^gh-(\d+-\d+)-/.exec(name)
    if (match?.[1] && isAbandoned(match[1])) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)))
}
