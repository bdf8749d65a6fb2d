/*
 * Pictures of every page at three widths in both themes, to be looked at.
 * node browser/screenshots.ts FOLDER [page …] [--width=390] [--theme=dark]
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { path } from '../src/path.ts'
import { NAMED_RUNS } from '../src/mock/world.ts'
import { startConsole } from './harness.ts'
import type { Page } from 'playwright-core'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', multiple: true },
    theme: { type: 'string', multiple: true },
    full: { type: 'boolean', default: false },
  },
})
const folder = resolve(positionals[0] ?? 'screenshots')
const wanted = new Set(positionals.slice(1))
const widths = values.width?.map(Number) ?? [390, 1024, 1720]
const themes = (values.theme ?? ['light', 'dark']) as readonly ('light' | 'dark')[]

interface Shot {
  readonly name: string
  readonly path: string
  readonly act?: (page: Page) => Promise<unknown>
}

const { story, big, hostile, degraded, matrix, command, empty, failing, live } = NAMED_RUNS
const shots: readonly Shot[] = [
  { name: 'runs', path: path.runs() },
  { name: 'runs-filtered', path: path.runs({ search: 'checkout', state: 'finished' }) },
  { name: 'runs-none', path: path.runs({ search: 'no such thing' }) },
  { name: 'runs-error', path: path.runs({ search: '!500' }) },
  { name: 'runs-loading', path: path.runs({ search: '!slow' }) },
  { name: 'story', path: path.run(story) },
  { name: 'story-end', path: path.run(story), act: (page) => page.getByRole('heading', { name: /Data left/ }).scrollIntoViewIfNeeded() },
  { name: 'processes', path: path.run(story, 'processes') },
  { name: 'processes-search', path: path.run(story, 'processes', { search: 'curl' }) },
  { name: 'process', path: path.run(story, 'processes'), act: (page) => page.getByRole('treeitem', { name: /curl/ }).first().click() },
  { name: 'network', path: path.run(story, 'network') },
  { name: 'dns', path: path.run(story, 'network', { view: 'dns' }) },
  { name: 'requests', path: path.run(story, 'network', { view: 'requests' }) },
  { name: 'files', path: path.run(story, 'files') },
  { name: 'timeline', path: path.run(story, 'timeline') },
  { name: 'timeline-step', path: path.run(story, 'timeline', { step: 2 }) },
  { name: 'raw', path: path.run(story, 'raw') },
  {
    name: 'event',
    path: path.run(story, 'raw', { search: '203.0.113.9' }),
    act: (page) =>
      page
        .getByRole('button', { name: /^Event \d+/ })
        .first()
        .click(),
  },
  { name: 'big', path: path.run(big, 'processes') },
  { name: 'big-files', path: path.run(big, 'files') },
  { name: 'big-timeline', path: path.run(big, 'timeline', { step: 2 }) },
  { name: 'hostile', path: path.run(hostile) },
  { name: 'hostile-processes', path: path.run(hostile, 'processes') },
  { name: 'hostile-network', path: path.run(hostile, 'network') },
  { name: 'hostile-files', path: path.run(hostile, 'files') },
  { name: 'degraded', path: path.run(degraded) },
  { name: 'matrix', path: path.run(matrix) },
  { name: 'command', path: path.run(command) },
  { name: 'empty', path: path.run(empty) },
  { name: 'failing', path: path.run(failing) },
  { name: 'live', path: path.run(live) },
  { name: 'missing', path: '/nowhere' },
  { name: 'sign-in', path: path.signIn() },
  { name: 'help', path: path.run(story), act: (page) => page.keyboard.press('?') },
]

mkdirSync(folder, { recursive: true })
const served = await startConsole()
try {
  for (const theme of themes) {
    for (const width of widths) {
      for (const shot of shots) {
        if (wanted.size > 0 && !wanted.has(shot.name)) continue
        const { page, context, problems } = await served.open(shot.path, { width, height: width < 500 ? 844 : 1000, theme })
        await page.waitForSelector('h1', { state: 'attached' })
        await page.waitForTimeout(shot.name.startsWith('big') ? 2_500 : 500)
        await shot.act?.(page).catch((error: unknown) => problems.push(`${shot.name}: ${String(error).split('\n')[0]}`))
        await page.waitForTimeout(200)
        await page.screenshot({ path: join(folder, `${shot.name}-${width}-${theme}.png`) })
        const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        if (overflow !== 0) problems.push(`the page is ${String(overflow)} px wider than the window`)
        if (problems.length > 0) console.log(`${shot.name} ${width} ${theme}:\n  ${problems.slice(0, 4).join('\n  ')}`)
        await context.close()
      }
    }
  }
} finally {
  await served.close()
}
