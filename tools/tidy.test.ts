/* Things that rot when nobody looks: paths in documents, pins in workflows, names of machines and registries. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './root.ts'
import { filesOf } from './sources.ts'

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

/** The one file where hosts of public package registries may stand, as zone patterns. */
const ZONE_FILE = 'packages/detections/src/data/package-zones.json'

/** Hosts of package registries and mirrors; split so that this file does not contain them. */
const REGISTRY_HOSTS = [
  'registry.npm' + 'js.org',
  'py' + 'pi.org',
  'files.python' + 'hosted.org',
  'proxy.gol' + 'ang.org',
  'static.cra' + 'tes.io',
  'repo1.ma' + 'ven.org',
  'deb.deb' + 'ian.org',
]

/** As a host of its own: a blog or documentation below the same domain is no registry. */
const REGISTRY_HOST = new RegExp(`(?<![\\w.-])(?:${REGISTRY_HOSTS.map((host) => host.replaceAll('.', '\\.')).join('|')})`)

describe('documents do not point at files that are gone', () => {
  test.each(filesOf('*.md', 'docs/**/*.md', 'packages/*/README.md', 'apps/*/README.md'))('%s', (file) => {
    const cited = read(file).matchAll(/[`(]((?:packages|apps|docs|tools|scenarios|bench|\.github|\.ci)\/[\w./-]*[\w/])[`)#]/g)
    expect([...cited].map((match) => match[1] ?? '').filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([])
  })
})

describe('our own workflows are pinned and least-privileged', () => {
  const workflows = filesOf('.github/workflows/*.yml', 'action.yml')

  test('there are some', () => expect(workflows.length).toBeGreaterThan(0))

  test.each(workflows)('%s', (file) => {
    const text = read(file)
    const unpinned = [...text.matchAll(/^\s*-?\s*uses:\s*(\S+)/gm)]
      .map((match) => match[1] ?? '')
      .filter((uses) => !/^\.\/|@[0-9a-f]{40}$/.test(uses))
    expect(unpinned).toEqual([])
    if (!file.startsWith('.github/workflows/')) return
    // Safe: only looked at as a bag of names.
    const workflow = parse(text) as { permissions?: unknown; jobs: Record<string, { permissions?: unknown; 'timeout-minutes'?: unknown }> }
    expect(workflow.permissions).toEqual({})
    for (const job of Object.values(workflow.jobs)) {
      expect(job.permissions).toBeDefined()
      expect(job['timeout-minutes']).toBeTypeOf('number')
    }
  })
})

test('no registry host is named outside the one data file of zone patterns', () => {
  const texts = filesOf('.').filter((file) => file !== ZONE_FILE && statSync(path.join(ROOT, file)).size < 5_000_000)
  expect(texts.length).toBeGreaterThan(20)
  expect(texts.filter((file) => REGISTRY_HOST.test(read(file)))).toEqual([])
})

test('the lockfile holds no addresses of a registry', () => {
  // Safe: npm wrote it.
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string; link?: boolean }> }
  expect(Object.values(lock.packages).filter(({ resolved, link }) => resolved !== undefined && !link)).toEqual([])
})

test('no source is larger than one reads in a sitting', () => {
  const long = filesOf(
    'packages/**/*.ts',
    'apps/**/*.ts',
    'apps/**/*.tsx',
    'apps/**/*.c',
    'tools/**/*.ts',
    'bench/**/*.ts',
    'scenarios/**/*.ts',
  )
    .filter((file) => !file.includes('.generated.'))
    .map((file) => ({ file, lines: read(file).split('\n').length }))
    .filter(({ lines }) => lines > 600)
  expect(long).toEqual([])
})
