/**
 * The prebuilt binaries of the agent and the sources they came from, tied by hashes. Users never compile, so what is committed must
 * be what the committed sources make; this is the check that says so without a compiler.
 */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const PREBUILDS = 'apps/agent/prebuilds'
const MANIFEST = `${PREBUILDS}/MANIFEST.json`

/** Everything whose change changes the binaries. */
const SOURCE_PATTERNS = ['apps/agent/bpf/**/*.{c,h}', 'apps/agent/native/**/*.{c,h}', 'tools/native/{recipe,libraries,binaries}.ts']
const OUTPUT_PATTERNS = [`${PREBUILDS}/**/*.node`, `${PREBUILDS}/**/*.bpf.o`]

export interface Manifest {
  /** Path from the repository's root → SHA-256 in hex. */
  readonly sources: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
  /** Debian source packages linked in, and the tools that built it: facts for whoever rebuilds, not compared. */
  readonly libraries: Readonly<Record<string, string>>
  readonly tools: Readonly<Record<string, string>>
}

/** Hashes what is on disk now and writes the manifest. */
export function writeManifest(root: string, facts: Pick<Manifest, 'libraries' | 'tools'>): void {
  const manifest: Manifest = { sources: hashes(root, SOURCE_PATTERNS), outputs: hashes(root, OUTPUT_PATTERNS), ...facts }
  writeFileSync(join(root, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/**
 * Compares the manifest with the files.
 * @returns one complaint per file, each naming it and what to do; empty when all is well.
 */
export function checkPrebuilt(root: string): readonly string[] {
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(join(root, MANIFEST), 'utf8')) as Manifest
  } catch (error) {
    return [`${MANIFEST} cannot be read (${error instanceof Error ? error.message : String(error)}): run npm run bpf`]
  }
  return [
    ...differences(manifest.sources, hashes(root, SOURCE_PATTERNS), 'changed since the binaries were built: run npm run bpf'),
    ...differences(manifest.outputs, hashes(root, OUTPUT_PATTERNS), 'is not what npm run bpf wrote: run it again'),
  ]
}

function differences(recorded: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>, what: string): string[] {
  const paths = [...new Set([...Object.keys(recorded), ...Object.keys(found)])].sort()
  return paths.flatMap((path) => {
    if (found[path] === undefined) return [`${path} is missing, but ${MANIFEST} lists it: run npm run bpf`]
    if (recorded[path] === undefined) return [`${path} is not in ${MANIFEST}: run npm run bpf`]
    return recorded[path] === found[path] ? [] : [`${path} ${what}`]
  })
}

function hashes(root: string, patterns: readonly string[]): Record<string, string> {
  const paths = patterns.flatMap((pattern) => globSync(join(root, pattern))).map((path) => relative(root, path))
  return Object.fromEntries(paths.sort().map((path) => [path, sha256(join(root, path))]))
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
