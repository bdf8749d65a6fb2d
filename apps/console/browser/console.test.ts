/*
 * The console as people use it: the real build in a real browser, with the mock API behind it and the content security policy on. Every
 * page must end without a complaint of the browser's console and without a request to anywhere else.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../../../tools/requirements.ts'
import { MOCK_CODE } from '../src/mock/api.ts'
import { NAMED_RUNS } from '../src/mock/world.ts'
import { path, RUN_TABS, type RunTab } from '../src/path.ts'
import { type Console, type OpenPage, startConsole } from './harness.ts'

/** The machine may be busy with other tests; nothing here measures speed by these. */
const PATIENCE_MS = 20_000
vi.setConfig({ testTimeout: 90_000 })

const { story, live, big, hostile, failing, eventsFailing, degraded, empty } = NAMED_RUNS

describeWith(['chromium'], 'the console in a browser', () => {
  let served: Console
  beforeAll(async () => {
    served = await startConsole()
  }, 60_000)
  afterAll(() => served.close())

  /** Opens a page, runs the test on it, and holds it to a clean browser console. */
  async function on(
    address: string,
    use: (page: Page, open: OpenPage) => Promise<void>,
    options: Parameters<Console['open']>[1] = {},
  ): Promise<void> {
    const open = await served.open(address, options)
    try {
      await use(open.page, open)
      expect(open.problems).toEqual([])
    } finally {
      await open.context.close()
    }
  }

  test('the runs are a table with a link for each run, newest first', () =>
    on(path.runs(), async (page) => {
      const table = page.getByRole('table', { name: 'Runs, newest first' })
      await table.waitFor()
      await page.getByText('runs have findings', { exact: false }).waitFor()
      const first = table.getByRole('row').nth(1)
      expect(await first.getByRole('rowheader').textContent()).toContain('acme/checkout-web')
      expect(await first.textContent()).toContain('Running')
      await table.getByRole('link', { name: 'acme/checkout-service' }).first().click()
      await page.getByRole('heading', { level: 1, name: /acme\/checkout-service/ }).waitFor()
      expect(page.url()).toContain(path.run(story))
    }))

  test('more runs are loaded when one scrolls to the end', () =>
    on(path.runs(), async (page) => {
      const table = page.getByRole('table')
      await table.waitFor()
      expect(await table.getAttribute('aria-rowcount')).toBe('51')
      await expect
        .poll(
          async () => {
            await page.mouse.move(600, 600)
            await page.mouse.wheel(0, 20_000)
            return Number(await table.getAttribute('aria-rowcount'))
          },
          { timeout: PATIENCE_MS },
        )
        .toBeGreaterThan(200)
    }))

  test('searching and choosing a state end up in the address and survive a reload', () =>
    on(path.runs(), async (page) => {
      await page.getByRole('table').waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('billing')
      await page.waitForURL(/search=billing/)
      await page.getByRole('link', { name: 'Finished' }).click()
      await page.waitForURL(/state=finished/)
      await page.reload()
      const table = page.getByRole('table')
      await table.waitFor()
      const names = await table.getByRole('rowheader').allTextContents()
      expect(names.length).toBeGreaterThan(3)
      expect(names.filter((name) => !name.includes('billing'))).toEqual([])
    }))

  test('an empty search says what it looked at; a failing server says what failed and can be asked again', async () => {
    await on(path.runs({ search: 'no such thing' }), async (page) => {
      await page.getByText('No run matches').waitFor()
      await page.getByRole('link', { name: 'Show all runs' }).click()
      await page.getByRole('table').waitFor()
    })
    await on(path.runs({ search: '!500' }), async (page, open) => {
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('alert').textContent()).toContain('INTERNAL')
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      open.problems.length = 0 // The browser itself reports the 500, as it should.
    })
    await on(path.runs({ search: '!slow' }), async (page) => {
      await page.getByRole('status').filter({ hasText: 'Loading runs' }).waitFor()
    })
  })

  test('the story tells the theft: decoy read, memory read and upload, each with its step and chain', () =>
    on(path.run(story), async (page) => {
      await page.getByText('A step read the memory of the runner, in step “npm ci”').waitFor()
      for (const title of [
        'An install script read cloud credentials',
        'A step read the memory of the runner',
        'Data left for an unknown address after secrets were read',
      ]) {
        const card = page.getByRole('article', { name: title })
        await card.waitFor()
        expect(await card.textContent()).toMatch(/Runner\.Worker›bash›npm›sh›setup\.js/)
      }
      const chapters = await page.getByRole('heading', { level: 2 }).allTextContents()
      expect(chapters).toEqual(expect.arrayContaining(['Run actions/checkout@v6', 'npm ci', 'npm test']))
    }))

  test('which step contacted a given host is found from the filter', () =>
    on(path.run(story, 'network'), async (page) => {
      await page.getByRole('table', { name: 'Connections' }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('203.0.113.9')
      await page.waitForURL(/search=203/)
      const rows = page.getByRole('table', { name: 'Connections' }).getByRole('row')
      await expect.poll(() => rows.count(), { timeout: PATIENCE_MS }).toBe(2)
      const row = rows.nth(1)
      expect(await row.textContent()).toContain('203.0.113.9:8000')
      expect(await row.textContent()).toContain('npm ci')
      expect(await row.textContent()).toContain('curl')
      expect(await row.textContent()).toContain('4.1 KB')
    }))

  test('every tab of every special run renders', async () => {
    for (const run of [story, degraded, empty]) {
      await on(path.run(run), async (page) => {
        await page.getByRole('heading', { level: 1 }).waitFor()
        for (const tab of RUN_TABS) await openTab(page, tab)
      })
    }
  })

  test('choosing a step filters every tab, by mouse and by j and k', () =>
    on(path.run(story, 'raw'), async (page) => {
      const steps = page.getByRole('complementary', { name: 'Steps' })
      await steps.getByRole('link', { name: /npm test/ }).click()
      await page.waitForURL(/step=3/)
      await page.getByRole('list', { name: 'Filters' }).getByText('step: npm test').waitFor()
      await page.keyboard.press('k')
      await page.waitForURL(/step=2/)
      await page.keyboard.press('3')
      await page.waitForURL(/\/network\?step=2/)
      await expect.poll(() => page.getByRole('table', { name: 'Connections' }).getByRole('row').count(), { timeout: PATIENCE_MS }).toBe(10)
      await page.keyboard.press('x')
      await page.waitForURL((url) => !url.search.includes('step'))
    }))

  test('the process tree is walked by keyboard as the tree pattern says', () =>
    on(path.run(story, 'processes'), async (page) => {
      const tree = page.getByRole('tree', { name: 'Processes' })
      await tree.waitFor()
      await tree.focus()
      const active = async (): Promise<string> => {
        const id = await tree.getAttribute('aria-activedescendant')
        return (await page.locator(`#${id ?? 'none'} .tree-name`).textContent()) ?? ''
      }
      expect(await active()).toBe('Runner.Worker')
      await page.keyboard.press('ArrowLeft')
      await expect.poll(() => tree.getByRole('treeitem').count(), { timeout: PATIENCE_MS }).toBe(1)
      expect(await tree.getByRole('treeitem').first().getAttribute('aria-expanded')).toBe('false')
      await page.keyboard.press('ArrowRight')
      await expect.poll(() => tree.getByRole('treeitem').count(), { timeout: PATIENCE_MS }).toBeGreaterThan(5)
      await page.keyboard.press('ArrowRight')
      expect(await active()).toBe('index.js')
      await page.keyboard.press('End')
      expect(await active()).toBe('vitest')
      await page.keyboard.press('ArrowLeft')
      expect(await active()).toBe('npm')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: /Process npm/ }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('Home')
      expect(await active()).toBe('Runner.Worker')
    }))

  test('searching the tree shows the match with those that started it', () =>
    on(path.run(story, 'processes', { search: 'collect' }), async (page) => {
      const items = page.getByRole('tree').getByRole('treeitem')
      await expect.poll(() => items.count(), { timeout: PATIENCE_MS }).toBe(6)
      expect(await items.last().textContent()).toContain('curl')
      expect(await items.last().getAttribute('aria-level')).toBe('6')
    }))

  test('a process of the chain leads to its part of the tree', () =>
    on(path.run(story), async (page) => {
      await page
        .getByRole('article', { name: /Data left/ })
        .getByRole('link', { name: 'setup.js' })
        .click()
      await page.waitForURL(/processes\?process=/)
      await page.getByText('setup.js and what it started').waitFor()
    }))

  test('a live run grows while one looks at it', () =>
    on(path.run(live, 'raw'), async (page) => {
      const table = page.getByRole('table', { name: 'Events' })
      await table.waitFor()
      const before = Number(await table.getAttribute('aria-rowcount'))
      await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')), { timeout: PATIENCE_MS }).toBeGreaterThan(before)
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
    }))

  test(
    'a hundred thousand events stay searchable and quick',
    () =>
      on(path.run(big, 'raw'), async (page) => {
        const table = page.getByRole('table', { name: 'Events' })
        await expect
          .poll(async () => Number((await table.getAttribute('aria-rowcount').catch(() => '0')) ?? 0), { timeout: 60_000 })
          .toBe(100_001)
        expect(await table.getByRole('row').count()).toBeLessThan(120)
        const started = Date.now()
        await page.keyboard.press('/')
        await page.keyboard.type('mirror.example.test')
        await page.waitForURL(/search=mirror/)
        await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')), { timeout: PATIENCE_MS }).toBeLessThan(200)
        console.log(`100,000 events: filtered ${Date.now() - started} ms after the first key`)
        await page.keyboard.press('Escape')
        await page.keyboard.press('2')
        await page.getByRole('tree').waitFor()
        expect(await page.getByRole('treeitem').count()).toBeLessThan(120)
      }),
    40_000,
  )

  test('hostile strings are shown and do nothing', () =>
    on(path.run(hostile), async (page) => {
      for (const tab of RUN_TABS) {
        await openTab(page, tab)
        expect(await page.evaluate('globalThis.__hacked')).toBeUndefined()
        expect(await page.locator('img, script:not([src])').count()).toBe(0)
        const text = (await page.locator('#root').textContent()) ?? ''
        expect(text).toContain('</script>')
        // oxlint-disable-next-line no-control-regex -- the very characters that must not be there
        expect(text).not.toMatch(/[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069\u200b]/)
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      }
    }))

  test('a run that cannot be fetched says so; one that does not exist is not found; events may fail alone', async () => {
    await on(path.run(failing), async (page, open) => {
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('alert').textContent()).toContain('Nothing is lost')
      open.problems.length = 0
    })
    await on(path.run('0192f3a4-ffff-7000-8000-000000000000'), async (page, open) => {
      await page.getByText('Nothing is at this address').waitFor()
      open.problems.length = 0
    })
    await on(path.run(eventsFailing), async (page, open) => {
      await page.getByText('The events of this job could not be fetched').waitFor()
      await page.getByRole('heading', { level: 1, name: /gateway-api/ }).waitFor()
      open.problems.length = 0
    })
    await on(path.run(story).replace(story, `${story}/nonsense`), async (page) => {
      await page.waitForURL(new RegExp(`${story}$`))
    })
  })

  test('the theme follows the system, can be chosen, and is remembered', () =>
    on(path.runs(), async (page) => {
      const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
      await page.getByRole('table').waitFor()
      const light = await background()
      await page.getByRole('button', { name: 'Theme: As the system' }).click()
      await page.getByRole('menuitemradio', { name: 'Dark' }).click()
      await expect.poll(background, { timeout: PATIENCE_MS }).not.toBe(light)
      const dark = await background()
      await page.reload()
      await page.getByRole('table').waitFor()
      expect(await background()).toBe(dark)
    }))

  test('the help opens with a question mark and gives the focus back', () =>
    on(path.runs(), async (page) => {
      await page.getByRole('table').waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('g')
      await page.keyboard.press('r')
      await page.waitForURL(/\/runs$/)
    }))

  // Last: it signs everybody out of the one mock.
  test('signing out ends at the sign-in page; a link signs in once, leaves no code behind and leads back', async () => {
    await on(path.run(story), async (page, open) => {
      await page.getByRole('button', { name: /Account/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.waitForURL(/\/sign-in/)
      await page.goto(`${served.origin}${path.run(story, 'network')}`)
      await page.waitForURL(/\/sign-in\?after=/)
      const signIn = page.url()
      await page.goto('about:blank') // as from a terminal: a link that is opened, not a hash that changes under the page
      await page.goto(`${signIn}#code=used-before`)
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('alert').textContent()).toContain('used before')
      expect(page.url()).not.toContain('used-before')
      await page.goto('about:blank')
      await page.goto(`${signIn}#code=${MOCK_CODE}`)
      await page.getByRole('table', { name: 'Connections' }).waitFor()
      expect(page.url()).toBe(`${served.origin}${path.run(story, 'network')}`)
      open.problems.length = 0 // The browser reports the 401s, as it should.
    })
  })
})

/** By its key; waits until its own content is there. */
async function openTab(page: Page, tab: RunTab): Promise<void> {
  await page.keyboard.press(String(RUN_TABS.indexOf(tab) + 1))
  await page.locator(`section.panel[data-tab="${tab}"] > *`).first().waitFor()
  await page.locator('section.panel .skeleton').waitFor({ state: 'detached' })
}
