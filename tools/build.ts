/*
 * `npm run build`: bundles each program into `dist/<program>.js`. The launcher uses a bundle only while every source it was made from
 * is unchanged, so a build is never needed for correctness, only for a faster start. Agent and server also work where the sources are not:
 * what they start (threads, processes) is bundled beside them, and the agent's kernel object and addon are copied.
 */
import { build, type Plugin } from 'esbuild'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAMS } from '../apps/cli/bin/commands.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Where bundles are at home; addresses in them are relative to it, wherever they are written. */
const HOME = join(ROOT, 'dist')

export interface BuildResult {
  readonly program: string
  readonly file: string
  readonly bytes: number
  readonly inputs: number
}

/** Builds every program of the checkout into `dist`. Throws with esbuild's messages when one does not compile. */
export async function buildPrograms(dist = HOME): Promise<readonly BuildResult[]> {
  mkdirSync(dist, { recursive: true })
  const results: BuildResult[] = []
  for (const [program, { source, bundle }] of Object.entries(PROGRAMS)) {
    if (existsSync(join(ROOT, source))) results.push(await bundleProgram(dist, program, source, bundle))
  }
  const prebuilds = join(ROOT, 'apps/agent/prebuilds')
  if (existsSync(prebuilds)) cpSync(prebuilds, join(dist, 'prebuilds'), { recursive: true })
  return results
}

async function bundleProgram(dist: string, program: string, source: string, bundle: string): Promise<BuildResult> {
  const outfile = join(dist, bundle)
  const companions = new Map<string, string>()
  const parts = [await bundleFile(program, source, outfile, companions)]
  // What a companion starts would be added here while this goes on.
  for (const [entry, name] of companions) parts.push(await bundleFile(program, entry, join(dist, name), companions))
  const inputs = new Set(parts.flatMap((part) => part.inputs))
  const stamps = [...inputs].toSorted().map((path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path))
    return [path, size, mtimeMs] as const
  })
  // First withdraw the old promise, then replace the bundle, then make the new promise: a build that is cut off leaves sources in use.
  const manifest = `${outfile}.inputs.json`
  writeAtomically(manifest, '[["",-1,0]]')
  const files = parts.flatMap((part) => part.files)
  for (const file of files) writeAtomically(file.path, file.contents)
  writeAtomically(manifest, JSON.stringify(stamps))
  return {
    program,
    file: relative(ROOT, outfile),
    bytes: files.reduce((sum, { contents }) => sum + contents.length, 0),
    inputs: inputs.size,
  }
}

interface Part {
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[]
  /** Sources it was made from, relative to the repository. */
  readonly inputs: readonly string[]
}

/** @param companions Is filled with what the program starts from a file of its own: source to the name of its bundle. */
async function bundleFile(program: string, source: string, outfile: string, companions: Map<string, string>): Promise<Part> {
  const read = new Set<string>()
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'silent',
    // Packages that were published as CommonJS call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const __bundle = import.meta.url; const require = __createRequire(__bundle);",
    },
    plugins: [
      placeOfSource({ program, entry: resolve(ROOT, source), companions, read }),
      ...(program === 'server' ? [installedPackagesStayOutside()] : []),
    ],
  })
  const inputs = Object.keys(result.metafile.inputs).filter((path) => !path.includes('node_modules/'))
  return { files: result.outputFiles, inputs: [...inputs, ...read] }
}

/** How sources name a neighbour that runs by itself, and a file whose text they want. The names are literal, so that this finds them. */
const COMPANION = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g
const TEXT_FILE = /readFileSync\(new URL\('(\.[^']+\.json)', import\.meta\.url\), 'utf8'\)/g

/**
 * Sources find their neighbours (kernel object, addon, worker) by `import.meta`. In a bundle that is the bundle's own place. Companions get
 * bundles beside this one, small texts are taken in, and for the rest each source's own address is put in, relative to the bundle: the
 * checkout may be moved, but bundle and sources move together.
 */
function placeOfSource(options: {
  readonly program: string
  readonly entry: string
  readonly companions: Map<string, string>
  readonly read: Set<string>
}): Plugin {
  const { program, entry, companions, read } = options
  return {
    name: 'place-of-source',
    setup(plugin) {
      plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8')
        if (path.includes('/node_modules/') || !contents.includes('import.meta.')) return undefined
        const place = JSON.stringify(relative(HOME, resolve(path)))
        const address = `new URL(${place}, __bundle).href`
        const isCompanion = path === entry && [...companions.keys()].includes(relative(ROOT, path))
        return {
          loader: 'ts',
          contents: contents
            .replaceAll(TEXT_FILE, (_, file: string) => {
              const target = resolve(dirname(path), file)
              read.add(relative(ROOT, target))
              return JSON.stringify(readFileSync(target, 'utf8'))
            })
            .replaceAll(COMPANION, (_, file: string) => {
              const target = resolve(dirname(path), file)
              const name = `${program}-${basename(target, '.ts')}.js`
              companions.set(relative(ROOT, target), name)
              return `new URL('./${name}', __bundle)`
            })
            .replaceAll('import.meta.url', address)
            .replaceAll('import.meta.dirname', `new URL(${JSON.stringify(relative(HOME, dirname(path)))}, __bundle).pathname`)
            // Only the launcher or `node file.ts` is a main module, never a part of a bundle; a companion is started by itself.
            .replaceAll('import.meta.main', isCompanion ? 'true' : 'false'),
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
