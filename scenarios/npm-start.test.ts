/*
 * The whole path on real input: npm start, a job under the sensor, server, console, a browser. Slow, and the one test that
 * fails when any two parts no longer fit.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ownerTag } from './network/owner.ts'
import { describeWith } from '../tools/requirements.ts'
import { ROOT } from '../tools/root.ts'

const READY_MS = 120_000
/** A browser on two busy cores takes its time. */
const PATIENT = { timeout: 20_000 }
const RESULTS = path.join(ROOT, 'test-results')

interface Started {
  readonly child: ChildProcess
  readonly tag: string
  readonly url: string
  readonly signInUrl: string
  readonly run: string
  readonly replayed: string | null
  readonly seconds: number
  readonly output: () => string
}

describeWith(['root', 'ebpf', 'ip', 'git', 'chromium'], 'npm start', () => {
  vi.setConfig({ testTimeout: 90_000 })
  const data = mkdtempSync(path.join(tmpdir(), 'gatehouse-e2e-'))
  let browser: Browser
  let started: Started
  let page: Page

  beforeAll(async () => {
    mkdirSync(RESULTS, { recursive: true })
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    started = await start(data)
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
    await page.goto(started.signInUrl)
    await page.waitForURL(`${started.url}${started.run}`)
    await page.getByRole('heading', { name: 'acme/price-service' }).waitFor()
  }, READY_MS + 60_000)

  afterAll(async () => {
    await browser?.close()
    started?.child.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  })

  test('watches the job for real and says where to look', () => {
    expect(started.replayed).toBeNull()
    expect(started.output()).toContain('A build process reached into the memory of the runner')
    expect(started.output()).toContain('none lost')
  })

  test.each([
    ['An install script read a credential file', '/home/.aws/credentials'],
    ['A build process reached into the memory of the runner', '/mem'],
    ['An install script contacted a host that is no package registry', '203.0.113.9:8000'],
  ])('the run page shows, in the step "npm ci": %s', async (title, fact) => {
    const chapter = page.getByRole('region', { name: 'npm ci', exact: true })
    const finding = chapter.getByRole('article', { name: title })
    await expect.poll(() => finding.count(), PATIENT).toBe(1)
    const text = (await finding.innerText()).replaceAll(/\s+/g, ' ')
    expect(text).toContain(fact)
    // The chain of the install script, from the runner to the script itself.
    expect(text).toMatch(/Runner\.Worker › bash › npm › (?:da|ba)?sh › report\.js/)
  })

  test('shows the request itself, and no finding in any other step', async () => {
    await page.screenshot({ path: path.join(RESULTS, 'npm-start-story.png'), fullPage: true })
    const all = await page.getByRole('article').count()
    expect(await page.getByRole('region', { name: 'npm ci', exact: true }).getByRole('article').count()).toBe(all)
    await page.goto(`${started.url}${started.run}/network`)
    const network = page.getByRole('main')
    await expect.poll(() => network.innerText(), PATIENT).toContain('203.0.113.9')
    await expect.poll(() => network.innerText(), PATIENT).toContain('registry.example.test')
    await page.screenshot({ path: path.join(RESULTS, 'npm-start-network.png'), fullPage: true })

    // Searched for, because the table only renders the rows in sight.
    await page.goto(`${started.url}${started.run}/network?view=requests&search=metrics`)
    const post = network.getByRole('row').filter({ hasText: '/v1/metrics' })
    await expect.poll(() => post.count(), PATIENT).toBe(1)
    // Without spaces: long values are rendered in two halves, so that they can be cut in the middle.
    const row = (await post.innerText()).replaceAll(/\s+/g, '')
    for (const fact of ['POST', '203.0.113.9', 'npmci', '›report.js']) expect(row).toContain(fact)
  })

  test('the sign-in link works once', async () => {
    const other = await (await browser.newContext()).newPage()
    await other.goto(started.signInUrl)
    await expect.poll(() => other.getByRole('alert').count(), PATIENT).toBeGreaterThan(0)
    const answer = await other.request.get(`${started.url}/v1/runs`)
    expect(answer.status()).toBe(401)
    await other.context().close()
  })

  test('a second start on the same folder is refused while the first runs', async () => {
    const second = spawn(process.execPath, ['tools/start.ts', '--no-demo', '--data', data], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    second.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()))
    expect(await exitOf(second)).toBe(1)
    expect(text).toContain(`already running on this data folder: ${started.url}`)
  })

  test('Ctrl-C ends everything it started and leaves nothing behind', async () => {
    started.child.kill('SIGINT')
    expect(await exitOf(started.child)).toBe(0)
    await expect(fetch(started.url)).rejects.toThrow()
    expect(leftovers(started.tag)).toEqual([])
  })

  test('the next start is there in seconds, with the run of before', async () => {
    const again = await start(data, '--no-demo')
    try {
      // About two seconds on an idle machine; the suite runs on a busy one.
      expect(again.seconds).toBeLessThan(30)
      expect(again.output()).toContain('unchanged')
      const next = await (await browser.newContext()).newPage()
      await next.goto(again.signInUrl)
      await expect.poll(() => next.getByRole('main').innerText(), PATIENT).toContain('acme/price-service')
      await next.context().close()

      // What a kill leaves running, the start after it ends.
      again.child.kill('SIGKILL')
      await exitOf(again.child)
      expect((await fetch(`${again.url}/v1/health`)).ok).toBe(true)
      const third = await start(data, '--no-demo')
      await expect(fetch(again.url)).rejects.toThrow()
      third.child.kill('SIGINT')
      expect(await exitOf(third.child)).toBe(0)
    } finally {
      again.child.kill('SIGKILL')
    }
  })

  test('Ctrl-C in the middle of the job stops that too', async () => {
    const child = spawn(process.execPath, ['tools/start.ts', '--data', data], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
    const tag = ownerTag(child.pid)
    await new Promise<void>((resolve) => child.stdout.on('data', (chunk: Buffer) => chunk.includes('prepared') && resolve()))
    setTimeout(() => child.kill('SIGINT'), 1_500)
    expect(await exitOf(child)).toBe(0)
    expect(leftovers(tag)).toEqual([])
  })

  test('without a sensor the recording of the same job is shown, and says that it is one', async () => {
    const replay = await start(data, '--replay')
    try {
      expect(replay.replayed).toContain('--replay')
      const next = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage()
      await next.goto(replay.signInUrl)
      const chapter = next.getByRole('region', { name: 'npm ci', exact: true })
      await expect.poll(() => chapter.getByRole('article').count(), PATIENT).toBe(4)
      expect((await next.getByRole('main').innerText()).toLowerCase()).toContain('replay')
      await next.screenshot({ path: path.join(RESULTS, 'npm-start-replay.png') })
      await next.context().close()
    } finally {
      replay.child.kill('SIGINT')
      await exitOf(replay.child)
    }
  })
})

async function start(data: string, ...args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, ['tools/start.ts', '--data', data, '--json', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const tag = ownerTag(child.pid)
  let output = ''
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM')
      reject(new Error(`not ready in time:\n${output}`))
    }, READY_MS)
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const line = /^\{"url".*\}$/m.exec(output)
      if (!line) return
      clearTimeout(timer)
      // Safe: the last line of `--json`, written by tools/start.ts.
      resolve({ child, tag, output: () => output, ...(JSON.parse(line[0]) as Omit<Started, 'child' | 'tag' | 'output'>) })
    })
  })
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => child.once('exit', resolve))
}

/** Namespaces and folders that one start made. */
function leftovers(tag: string): string[] {
  return ['/run/netns', tmpdir()].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : [])).filter((name) => name.includes(tag))
}
