import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../tools/requirements.ts'
import { ownerTag } from '../network/owner.ts'
import { type JobRun, type PreparedJob, prepareJob, runFixtureJob, runPreparedJob } from './fixture.ts'
import { workerLogs } from './layout.ts'

const FEATURES = join(import.meta.dirname, 'fixtures/features')

describeWith(['root', 'ip', 'git', 'python3'], 'the runner fixture', () => {
  let job: PreparedJob
  let run: JobRun
  let log: string

  beforeAll(async () => {
    job = await prepareJob({ scenario: FEATURES })
    run = await runPreparedJob(job)
    log = workerLogs(job.layout)
      .map((file) => readFileSync(file, 'utf8'))
      .join('')
  })
  afterAll(() => job?.close())

  test('ends with the result of the job', () => {
    expect(run.exitCode).toBe(1)
    expect(run.output).toContain('cleanup ran')
    expect(run.output).not.toContain('must not be seen')
    expect(log).toContain('Job result: failure')
  })

  test('hands outputs, environment and path from step to step, but not its own names', () => {
    expect(run.output).toContain('color blue level workflow where acme/features')
    expect(run.output).toContain('text one+two+')
    expect(run.output).toContain('sha length 40')
    expect(run.output).toContain('tool ran')
  })

  test('starts every step as a direct child of Runner.Worker, whose command line is the real one', () => {
    expect(run.output).toContain('parent Runner.Worker action __run')
    expect(run.output).toMatch(/bin\/Runner\.Worker spawnclient 3 4/)
  })

  test('runs pre stages first, post stages last and in reverse', () => {
    const stages = [...run.output.matchAll(/^ {4}((?:pre|main|post) \w+)/gm)].map((match) => match[1])
    expect(stages).toEqual([
      'pre first',
      'pre second',
      'main first',
      'main second',
      'main nested',
      'post nested',
      'post second',
      'post first',
    ])
  })

  test('tells an action who it is, and keeps branch names with slashes as they are', () => {
    expect(run.output).toContain('main first of acme/staged@v1 token yes')
    expect(run.output).toContain('main second of acme/staged@release/v2 token yes')
    expect(existsSync(join(job.layout.actions, 'acme/staged/release/v2/action.yml'))).toBe(true)
  })

  test('keeps the outer name inside a composite action and names its folder only', () => {
    expect(run.output).toContain('inner hello action wrapped repository none path acme/wrapper/v1')
    expect(run.output).toContain('wrapper said hello!')
  })

  test('runs workspace actions, python and plain sh', () => {
    expect(run.output).toContain('local action ran in workspace')
    expect(run.output).toContain('sum 5')
    expect(run.output).toMatch(/zero \/.*GUID\.sh/)
  })

  test('goes on while a background step runs, and waits when told to', () => {
    expect(run.output.indexOf('quick done')).toBeLessThan(run.output.indexOf('slow done'))
    expect(run.output.indexOf('slow done')).toBeLessThan(run.output.indexOf('▸ left behind'))
  })

  test('ends what a step left running', () => {
    const pid = /orphan (\d+)/.exec(run.output)?.[1]
    expect(pid).toBeDefined()
    expect(isRunning(Number(pid))).toBe(false)
  })

  test('masks secrets in its output and its log, where the job message is', () => {
    expect(run.output).toContain('secret ***')
    expect(run.output).toContain('say ***')
    expect(log).toContain('Job message:')
    for (const decoy of job.decoys.values()) expect(run.output + log).not.toContain(decoy)
  })

  test('gives each step its own file-command key', () => {
    const files = readdirSync(job.layout.fileCommands).filter((name) => name.startsWith('set_output_'))
    expect(new Set(files).size).toBe(files.length)
    expect(files.length).toBeGreaterThanOrEqual(18)
  })

  test('logs each step with the pid of its process', () => {
    expect(log).toContain("Processing step: DisplayName='set'")
    expect(log).toContain("Processing embedded step: DisplayName='Run acme/staged@v1'")
    const started = [...log.matchAll(/Process started with process id (\d+), waiting for process exit\./g)].map((match) => match[1])
    const finished = [...log.matchAll(/Finished process (\d+) with exit code \d+, and elapsed time/g)].map((match) => match[1])
    expect(new Set(finished)).toEqual(new Set(started))
    expect(log).toContain('with exit code 7')
  })
})

describeWith(['root', 'ip', 'git'], 'the demonstration job', () => {
  test('really robs itself: the sinkhole gets the credential file and the secrets of the worker', async () => {
    const job = await prepareJob({ scenario: 'demo' })
    try {
      const run = await runPreparedJob(job)
      expect(run.exitCode, run.output).toBe(0)
      const loot = run.caught[0]?.body ?? ''
      expect(run.caught).toHaveLength(1)
      for (const name of ['AWS_KEY_ID', 'AWS_SECRET', 'DEPLOY_KEY', 'SIGNING_PASSPHRASE', 'GITHUB_TOKEN']) {
        expect(loot).toContain(job.decoys.get(name))
      }
      expect(run.output).toContain('ten pieces are five percent cheaper')
    } finally {
      await job.close()
    }
    expect(leftovers(ownerTag())).toEqual([])
  })

  test('is cancelled by a signal, and nothing of it is left', async () => {
    const stop = new AbortController()
    const run = await runFixtureJob({
      scenario: 'demo',
      signal: stop.signal,
      onOutput: (text) => text.includes('▸ npm ci') && stop.abort(),
    })
    expect(run.exitCode).not.toBe(0)
    expect(run.output).not.toContain('▸ test')
    expect(leftovers(ownerTag())).toEqual([])
  })

  test('what a killed owner leaves is removed by the next start', async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'demo'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => owner.stdout.once('data', resolve))
    const tag = ownerTag(owner.pid)
    expect(leftovers(tag)).toHaveLength(3)
    owner.kill('SIGKILL')
    await new Promise((resolve) => owner.once('exit', resolve))

    const next = await prepareJob({ scenario: 'demo' })
    await next.close()
    expect(leftovers(tag)).toEqual([])
  })
})

describe('a scenario that does not exist', () => {
  test('is refused with the names of those that do', async () => {
    await expect(prepareJob({ scenario: 'nonsense' })).rejects.toThrow(/no scenario "nonsense"; there are: .*demo/)
  })
})

/** Namespaces and folders that carry a tag. */
function leftovers(tag: string): string[] {
  return ['/run/netns', '/tmp'].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])).filter((name) => name.includes(tag))
}

/** A killed process may stay a zombie for a moment, until the init of the machine looks. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z')
  } catch {
    return false
  }
}
