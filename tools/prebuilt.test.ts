import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkPrebuilt, writeManifest } from './prebuilt.ts'
import { ROOT } from './root.ts'

/** A small repository with a source, an addon and an object, and its manifest. */
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-prebuilt-'))
  put('apps/agent/bpf/sensor.bpf.c', 'int a;')
  put('apps/agent/native/addon.c', 'int b;')
  put('apps/agent/prebuilds/linux-x64/gatehouse.node', 'ELF')
  put('apps/agent/prebuilds/sensor.bpf.o', 'ELF')
  writeManifest(root, { libraries: {}, tools: {} })
})
afterEach(() => rmSync(root, { recursive: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

describe('the check of prebuilt binaries', () => {
  test('is content right after a build', () => {
    expect(checkPrebuilt(root)).toEqual([])
  })

  test('names a source that changed without a rebuild', () => {
    put('apps/agent/bpf/sensor.bpf.c', 'int a; ')
    expect(checkPrebuilt(root)).toEqual([expect.stringMatching(/^apps\/agent\/bpf\/sensor\.bpf\.c changed since.*npm run bpf/)])
  })

  test('names a header that was added since', () => {
    put('apps/agent/bpf/parts/paths.h', '')
    expect(checkPrebuilt(root)).toEqual([expect.stringContaining('apps/agent/bpf/parts/paths.h is not in')])
  })

  test('names a source that was removed since', () => {
    rmSync(join(root, 'apps/agent/native/addon.c'))
    expect(checkPrebuilt(root)).toEqual([expect.stringContaining('apps/agent/native/addon.c is missing')])
  })

  test('names a binary that someone replaced', () => {
    put('apps/agent/prebuilds/linux-x64/gatehouse.node', 'ELF!')
    expect(checkPrebuilt(root)).toEqual([expect.stringContaining('linux-x64/gatehouse.node is not what npm run bpf wrote')])
  })

  test('says what to do when there is no manifest at all', () => {
    rmSync(join(root, 'apps/agent/prebuilds/MANIFEST.json'))
    expect(checkPrebuilt(root)).toEqual([expect.stringContaining('npm run bpf')])
  })
})

test('the committed binaries are what the committed sources made', () => {
  expect(checkPrebuilt(ROOT)).toEqual([])
})
