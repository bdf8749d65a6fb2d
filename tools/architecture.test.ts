/*
 * The architecture in one table, held on the imports themselves: npm hoists workspaces, so manifests prove nothing. That the
 * libraries are pure is held by the compiler (tsconfig.pure.json); that there are no cycles, by the linter.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from './root.ts'
import { filesOf } from './sources.ts'

/** Each package may use the ones listed, and nothing else of ours. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  analyzer: ['schema'],
  detections: ['schema'],
  github: ['schema'],
  agent: ['schema', 'detections', 'github'],
  server: ['schema', 'analyzer', 'detections', 'github'],
  cli: ['schema', 'analyzer', 'github'],
  action: ['schema'],
  console: ['schema'],
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

function importsOf(file: string): readonly string[] {
  return [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

const packages = filesOf('packages/*/package.json', 'apps/*/package.json').map((manifest) => path.dirname(manifest))

test('the table knows every package', () => {
  expect(packages.length).toBeGreaterThan(5)
  expect(packages.map((folder) => path.basename(folder)).filter((name) => !(name in MAY_USE))).toEqual([])
})

describe.each(packages)('%s', (folder) => {
  const name = path.basename(folder)
  const allowed = new Set(MAY_USE[name])
  const sources = filesOf(`${folder}/**/*.ts`, `${folder}/**/*.tsx`, `${folder}/**/*.js`)
  // A wire format or an interface can be tested against the real other side; only tests may reach across.
  const shipped = sources.filter((file) => !/\.test\.tsx?$|\/testing[./]|\/browser\/|\/mock\//.test(file))

  test('uses only what the architecture allows', () => {
    expect(shipped.length).toBeGreaterThan(0)
    const wrong = shipped.flatMap((file) =>
      importsOf(file).flatMap((target) => {
        const used = /^@gatehouse\/([^/]+)/.exec(target)?.[1]
        return used !== undefined && used !== name && !allowed.has(used) ? [`${file} imports ${target}`] : []
      }),
    )
    expect(wrong).toEqual([])
  })

  test('does not reach into another package by a relative path', () => {
    const wrong = shipped.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('.'))
        .filter((target) => !path.join(path.dirname(file), target).startsWith(`${folder}/`))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('imports of our own packages are in its manifest', () => {
    // Safe: npm wrote or accepted the manifest.
    const manifest = JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> }
    const used = new Set(shipped.flatMap(importsOf).flatMap((target) => /^@gatehouse\/[^/]+/.exec(target)?.[0] ?? []))
    expect([...used].filter((dependency) => dependency !== `@gatehouse/${name}` && !(dependency in (manifest.dependencies ?? {})))).toEqual(
      [],
    )
  })
})

test('inside the server, the HTTP framework is known to routes and http only', () => {
  const wrong = filesOf('apps/server/src/**/*.ts')
    .filter((file) => !/\/routes\.ts$|\/src\/http\/|\/src\/main\.ts$|\.test\.ts$|\/testing[./]/.test(file))
    .filter((file) => importsOf(file).some((target) => /^(@?fastify)/.test(target)))
  expect(wrong).toEqual([])
})
