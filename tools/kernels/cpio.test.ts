import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findProgram } from '../debian/command.ts'
import { cpio } from './cpio.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cpio-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ENTRIES = [
  { path: 'bin/run', content: Buffer.from('#!/bin/sh\n'), executable: true },
  { path: 'a/b/odd', content: Buffer.from('12345') },
  { path: 'a/link', content: { link: 'b/odd' } },
  { path: 'empty', content: 'folder' },
] as const

test('the same entries make the same bytes', () => {
  expect(cpio(ENTRIES).equals(cpio(ENTRIES))).toBe(true)
})

const busybox = findProgram('busybox')
test.skipIf(busybox === undefined)('busybox (Debian package busybox-static) unpacks what was packed', () => {
  execFileSync(busybox ?? '', ['cpio', '-i'], { cwd: folder, input: cpio(ENTRIES), stdio: ['pipe', 'ignore', 'ignore'] })
  expect(readFileSync(join(folder, 'a/b/odd'), 'utf8')).toBe('12345')
  expect(readlinkSync(join(folder, 'a/link'))).toBe('b/odd')
  expect(statSync(join(folder, 'bin/run')).mode & 0o111).not.toBe(0)
  expect(statSync(join(folder, 'empty')).isDirectory()).toBe(true)
})
