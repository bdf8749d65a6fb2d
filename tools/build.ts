/*
 * `npm run build`: bundles each program into `dist/<program>.js`. The launcher uses a bundle only while every source it was made from
 * is unchanged, so a build is never needed for correctness, only for a faster start.
 */
import { build, type Plugin } from 'esbuild'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAMS } from '../apps/cli/bin/commands.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Where bundles are at home; addresses in them are relative to it, wherever they are written. */
const DIST = join(ROOT, 'dist')

/** Sources that a program starts as threads. They are bundled too: a thread that has to strip types first costs every job 0.1 s. */
const WORKERS: Readonly<Record<string, readonly string[]>> = {
  agent: ['apps/agent/src/sensor/drain.ts', 'apps/agent/src/sensor/probe-worker.ts'],
}
/** How a source names the file of a thread. */
const WORKER = /new URL\('(\.\/[\w-]+\.ts)', import\.meta\.url\)/g

/** A small file whose text a source wants; it is taken into the bundle. */
const TEXT_FILE = /readFileSync\(new URL\('(\.[^']+\.json)', import\.meta\.url\), 'utf8'\)/g

export interface BuildResult {
  readonly program: string
  readonly file: string
  readonly bytes: number
  readonly inputs: number
}

/** Builds every program of the checkout. Throws with esbuild's messages when one does not compile. */
export async function buildPrograms(dist = DIST): Promise<readonly BuildResult[]> {
  mkdirSync(dist, { recursive: true })
  const results: BuildResult[] = []
  for (const [program, { source, bundle }] of Object.entries(PROGRAMS)) {
    if (existsSync(join(ROOT, source))) results.push(await bundleProgram(dist, program, source, bundle))
  }
  // For where the sources are not.
  const prebuilds = join(ROOT, 'apps/agent/prebuilds')
  if (existsSync(prebuilds)) cpSync(prebuilds, join(dist, 'prebuilds'), { recursive: true })
  return results
}

async function bundleProgram(dist: string, program: string, source: string, bundle: string): Promise<BuildResult> {
  const outfile = join(dist, bundle)
  const workers = WORKERS[program] ?? []
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: { [program]: source, ...Object.fromEntries(workers.map((path) => [workerName(program, path), path])) },
    outdir: dist,
    bundle: true,
    // What is imported only when it is needed stays in files of its own.
    splitting: true,
    chunkNames: `${program}-[name]-[hash]`,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'silent',
    // Packages that were published as CommonJS call `require` for Node's own modules.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    plugins: [placeOfSource(program, workers), ...(program === 'server' ? [installedPackagesStayOutside()] : [])],
  })
  const inputs = Object.keys(result.metafile.inputs)
    .filter((path) => !path.includes('node_modules/'))
    .map((path) => {
      const { size, mtimeMs } = statSync(join(ROOT, path))
      return [path, size, mtimeMs] as const
    })
  // First withdraw the old promise, then replace the bundle, then make the new promise: a build that is cut off leaves sources in use.
  const manifest = `${outfile}.inputs.json`
  writeAtomically(manifest, '[["",-1,0]]')
  let bytes = 0
  for (const file of result.outputFiles) {
    writeAtomically(file.path, file.contents)
    bytes += file.contents.length
  }
  writeAtomically(manifest, JSON.stringify(inputs))
  // Parts of an earlier build; a program that still runs has loaded the ones it needs, or is told that its build is gone.
  const written = new Set(result.outputFiles.map(({ path }) => basename(path)))
  for (const name of readdirSync(dist)) {
    if (name.startsWith(`${program}-`) && name.endsWith('.js') && !written.has(name)) rmSync(join(dist, name))
  }
  return { program, file: relative(ROOT, outfile), bytes, inputs: inputs.length }
}

/**
 * Sources find their neighbours (kernel object, addon, worker) by `import.meta.url`. In a bundle that is the bundle's own place, so each
 * source's own URL is put in, relative to the bundle: the checkout may be moved, but bundle and sources move together.
 */
function placeOfSource(program: string, workers: readonly string[]): Plugin {
  return {
    name: 'place-of-source',
    setup(plugin) {
      plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8')
        if (path.includes('/node_modules/') || !contents.includes('import.meta.')) return undefined
        const place = JSON.stringify(relative(DIST, resolve(path)))
        return {
          loader: 'ts',
          contents: contents
            .replaceAll(TEXT_FILE, (_, file: string) => JSON.stringify(readFileSync(join(dirname(path), file), 'utf8')))
            .replaceAll(WORKER, (whole, file: string) => {
              const worker = relative(ROOT, join(dirname(path), file))
              return workers.includes(worker) ? `new URL('./${workerName(program, worker)}.js', import.meta.url_here)` : whole
            })
            .replaceAll(/import\.meta\.url(?!_here)/g, `new URL(${place}, import.meta.url).href`)
            .replaceAll('import.meta.dirname', `new URL(${JSON.stringify(relative(DIST, dirname(path)))}, import.meta.url).pathname`)
            .replaceAll('import.meta.url_here', 'import.meta.url')
            // Only the launcher or `node file.ts` is a main module, never a part of a bundle.
            .replaceAll('import.meta.main', 'false'),
        }
      })
    },
  }
}

/** The server's packages load native code and their own files by path; only our own sources go into its bundle. */
function installedPackagesStayOutside(): Plugin {
  return {
    name: 'installed-packages-stay-outside',
    setup(plugin) {
      plugin.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
        kind === 'entry-point' || path.startsWith('@gatehouse/') || path.startsWith('node:') ? undefined : { path, external: true },
      )
    },
  }
}

function workerName(program: string, source: string): string {
  return `${program}-${basename(source, '.ts')}`
}

function writeAtomically(path: string, contents: string | Uint8Array): void {
  writeFileSync(`${path}.part`, contents)
  renameSync(`${path}.part`, path)
}

if (import.meta.main) {
  const started = performance.now()
  for (const { program, file, bytes, inputs } of await buildPrograms()) {
    process.stdout.write(`${program.padEnd(7)} ${file}  ${(bytes / 1024).toFixed(0)} KB from ${inputs} sources\n`)
  }
  process.stdout.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}
