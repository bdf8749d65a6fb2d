import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { main } from './new.ts'
import { ROOT } from './root.ts'

const LIBRARY = 'packages/detections/src/library'
const RULES = 'packages/analyzer/src/rules'
let root: string

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'gatehouse-new-'))
  cpSync(path.join(ROOT, LIBRARY, 'index.ts'), path.join(root, LIBRARY, 'index.ts'), { recursive: true })
  cpSync(path.join(ROOT, RULES, 'index.ts'), path.join(root, RULES, 'index.ts'), { recursive: true })
  vi.spyOn(console, 'log').mockReturnValue()
  vi.spyOn(console, 'error').mockReturnValue()
})
afterEach(() => {
  rmSync(root, { recursive: true })
  vi.restoreAllMocks()
})

test('a new detection is a folder with its three files, registered in its place', () => {
  expect(main(['detection', 'cron-write'], root)).toBe(0)
  for (const file of ['detection.ts', 'detection.md', 'cases.ts'])
    expect(existsSync(path.join(root, LIBRARY, 'cron-write', file))).toBe(true)
  const index = readFileSync(path.join(root, LIBRARY, 'index.ts'), 'utf8')
  const names = [...index.matchAll(/^ {2}(\w+),$/gm)].map((match) => match[1])
  expect(names).toContain('cronWrite')
  expect(names).toEqual(names.toSorted((a = '', b = '') => (a < b ? -1 : 1)))
  expect(index).toContain("import { cronWrite } from './cron-write/detection.ts'")
})

test('a new rule is a folder with its code and its page, registered in its place', () => {
  expect(main(['rule', 'late-night-release'], root)).toBe(0)
  for (const file of ['rule.ts', 'rule.md']) expect(existsSync(path.join(root, RULES, 'late-night-release', file))).toBe(true)
  const index = readFileSync(path.join(root, RULES, 'index.ts'), 'utf8')
  expect(index).toContain("import { lateNightRelease } from './late-night-release/rule.ts'")
  expect([...index.matchAll(/^ {2}(\w+),$/gm)].map((match) => match[1])).toContain('lateNightRelease')
})

test('a wrong kind, a wrong id and an existing id are refused', () => {
  expect(main(['verdict', 'cron-write'], root)).toBe(2)
  expect(main(['detection', '../escape'], root)).toBe(2)
  expect(main(['detection', 'cron-write'], root)).toBe(0)
  expect(main(['detection', 'cron-write'], root)).toBe(2)
})
