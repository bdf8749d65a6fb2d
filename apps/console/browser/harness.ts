/*
 * A real browser on the real build, with the mock API behind it and the content security policy that the server sends. One server and
 * one browser per test file; every page is a fresh context, so no test sees another's storage.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { build, preview, type PreviewServer } from 'vite'

export const CHROMIUM = process.env['GATEHOUSE_CHROMIUM'] ?? '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)

const ROOT = join(import.meta.dirname, '..')

export interface Console {
  readonly origin: string
  readonly browser: Browser
  /** A page of its own; `problems` collects whatever the browser's console complains about. */
  open(path: string, options?: OpenOptions): Promise<OpenPage>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
}

export interface OpenPage {
  readonly page: Page
  readonly context: BrowserContext
  readonly problems: string[]
}

export async function startConsole(): Promise<Console> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-console-'))
  const outDir = join(folder, 'dist')
  const configFile = join(ROOT, 'vite.config.ts')
  await build({
    root: ROOT,
    configFile,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, sourcemap: false, reportCompressedSize: false },
  })
  const server: PreviewServer = await preview({
    root: ROOT,
    configFile,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, strictPort: false },
  })
  const address = server.httpServer.address()
  if (address === null || typeof address === 'string') throw new Error('the preview server has no port')
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Quiet and offline: nothing but the console's own requests leaves it. A new user data folder is playwright's default.
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
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    browser,
    open: async (path, options = {}) => {
      const context = await browser.newContext({
        viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
        colorScheme: options.theme ?? 'light',
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'UTC',
      })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
      })
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('request', (request) => {
        if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) problems.push(`request to ${request.url()}`)
      })
      await page.goto(`${origin}${path}`)
      return { page, context, problems }
    },
    close: async () => {
      await browser.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
