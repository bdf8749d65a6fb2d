/* The axe-core scan of every page in both themes, and a walk without a mouse. A page may scan clean and still be unusable; both are needed. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../../../tools/requirements.ts'
import { NAMED_RUNS } from '../src/mock/world.ts'
import { path, RUN_TABS } from '../src/path.ts'
import { type Console, startConsole } from './harness.ts'

/** The machine may be busy with other tests. */
vi.setConfig({ testTimeout: 90_000 })

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PAGES: readonly (readonly [string, string])[] = [
  ['runs', path.runs()],
  ['runs failing', path.runs({ search: '!500' })],
  ['runs loading', path.runs({ search: '!slow' })],
  ...RUN_TABS.map((tab) => [`story: ${tab}`, path.run(NAMED_RUNS.story, tab)] as const),
  ['a step in a window', path.run(NAMED_RUNS.story, 'timeline', { step: 2, from: 500, to: 4_000 })],
  ['hostile', path.run(NAMED_RUNS.hostile)],
  ['several jobs', path.run(NAMED_RUNS.matrix)],
  ['nowhere', '/nowhere'],
  ['sign-in', path.signIn()],
]

describeWith(['chromium'], 'accessibility', () => {
  let served: Console
  beforeAll(async () => {
    served = await startConsole()
  }, 60_000)
  afterAll(() => served.close())

  /** Everything in the light theme; in the dark one only what may differ, the colours. */
  async function scan(address: string, width: number, keys: readonly string[] = []): Promise<string[]> {
    const { page, context } = await served.open(address, { theme: 'light', width })
    try {
      await page.locator('h1').first().waitFor({ state: 'attached' })
      await page
        .locator('.skeleton')
        .waitFor({ state: 'detached', timeout: address.includes('slow') ? 1 : 15_000 })
        .catch(() => undefined)
      for (const key of keys) await page.keyboard.press(key)
      await page.waitForTimeout(200)
      // Runs as an expression of the debugger, which the content security policy lets through.
      await page.evaluate(axe)
      const light = await page.evaluate<AxeResults>(
        `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
      )
      await page.emulateMedia({ colorScheme: 'dark' })
      const dark = await page.evaluate<AxeResults>(
        `axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } })`,
      )
      return [...findingsOf('light', light), ...findingsOf('dark', dark)]
    } finally {
      await context.close()
    }
  }

  test.each(PAGES)('%s has no accessibility findings in either theme', async (_name, address) => {
    expect(await scan(address, 1280)).toEqual([])
  })

  test('a phone, the help and an open process have none either', async () => {
    expect(await scan(path.run(NAMED_RUNS.story), 390)).toEqual([])
    expect(await scan(path.runs(), 390)).toEqual([])
    expect(await scan(path.runs(), 1280, ['?'])).toEqual([])
    expect(await scan(path.run(NAMED_RUNS.story), 1280, ['2', 'Tab', 'Tab', 'Tab', 'Enter'])).toEqual([])
  })

  test('every stop of the tab key on a run page shows where it is and says what it is', async () => {
    const { page, context } = await served.open(path.run(NAMED_RUNS.story))
    try {
      await page.getByRole('article').first().waitFor()
      const stops: { readonly name: string; readonly outlined: boolean; readonly tag: string }[] = []
      for (let stop = 0; stop < 40; stop += 1) {
        await page.keyboard.press('Tab')
        stops.push(
          await page.evaluate(`(() => {
            const it = document.activeElement
            const shown = it.tagName === 'INPUT' && it.type === 'range' ? it.parentElement : it
            return { name: it.getAttribute('aria-label') ?? it.labels?.[0]?.textContent ?? it.textContent, outlined: getComputedStyle(shown).outlineStyle !== 'none', tag: it.tagName }
          })()`),
        )
      }
      expect(stops[0]?.name).toBe('Skip to content')
      expect(stops.filter((stop) => stop.name.trim() === '')).toEqual([])
      expect(stops.filter((stop) => !stop.outlined)).toEqual([])
    } finally {
      await context.close()
    }
  })
})

function findingsOf(theme: string, results: AxeResults): string[] {
  return results.violations.flatMap((each) =>
    each.nodes
      .slice(0, 3)
      .map(
        (node) =>
          `${theme} ${each.impact ?? '?'} ${each.id}: ${node.target.join(' ')} | ${(node.failureSummary ?? '').split('\n')[1]?.trim() ?? ''}`,
      ),
  )
}
