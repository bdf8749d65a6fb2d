/* Builds the console when its sources changed since the last build, judged by content. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../root.ts'
import { runToEnd } from './processes.ts'

const STAMP = path.join(ROOT, '.cache', 'console-build')
const DIST = path.join(ROOT, 'apps/console/dist')

/** Everything that ends up in the build. */
const SOURCES = ['apps/console/*', 'apps/console/src/**/*', 'apps/console/public/**/*', 'packages/schema/src/**/*', 'package-lock.json']

/** Builds if needed. @returns whether it was. @throws {Error} with the tail of the build's output. */
export async function buildConsole(): Promise<boolean> {
  const wanted = sourceHash()
  if (existsSync(path.join(DIST, 'index.html')) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return false
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js')
  const { code, output } = await runToEnd([process.execPath, vite, 'build'], path.join(ROOT, 'apps/console'))
  if (code !== 0) throw new Error(`the console could not be built:\n${output.split('\n').slice(-20).join('\n')}`)
  mkdirSync(path.dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, wanted)
  return true
}

function sourceHash(): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: ROOT }).toSorted()) {
    const full = path.join(ROOT, file)
    if (file.includes('.test.') || !statSync(full).isFile()) continue
    hash.update(`${file}\0`).update(readFileSync(full)).update('\0')
  }
  return hash.digest('hex')
}
