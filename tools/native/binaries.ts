/** The addon and the kernel objects of one target, from sources to checked files. */
import { globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { command } from '../debian/command.ts'
import type { StaticLibraries } from './libraries.ts'
import { ADDON_FLAGS, ADDON_LINK_FLAGS, BPF_ARCH, GLIBC_NEWEST, OBJECT_FLAGS, objectFolder, type Target } from './recipe.ts'

/** Libraries an addon may ask the system for. The loader itself counts as one. */
const ALLOWED_LIBRARIES: ReadonlySet<string> = new Set(['libc.so.6', 'ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'])

export interface Paths {
  readonly agent: string
  /** Where the outputs go; the committed folder, or another one to compare with it. */
  readonly prebuilds: string
  readonly work: string
  readonly nodeHeaders: string
}

/**
 * Compiles every C file of the addon and links it with the static libraries.
 * @returns the path of the addon, or undefined when there are no sources.
 * @throws CommandFailed on a compiler error; Error when the result would not load on the oldest system we promise.
 */
export async function buildAddon(target: Target, libraries: StaticLibraries, paths: Paths): Promise<string | undefined> {
  const sources = globSync('native/*.c', { cwd: paths.agent }).sort()
  if (sources.length === 0) return undefined
  const work = join(paths.work, target.arch)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const includes = [libraries.include, paths.nodeHeaders].flatMap((folder) => ['-isystem', folder])
  const objects: string[] = []
  for (const source of sources) {
    const object = join(work, `${basename(source, '.c')}.o`)
    await command(target.cc, [...ADDON_FLAGS, ...includes, '-ffile-prefix-map=' + paths.agent + '=.', '-c', source, '-o', object], {
      cwd: paths.agent,
      env: buildEnvironment,
    })
    objects.push(object)
  }
  const output = join(paths.prebuilds, `linux-${target.arch}/gatehouse.node`)
  mkdirSync(join(output, '..'), { recursive: true })
  await command(target.cc, [...ADDON_LINK_FLAGS, ...objects, ...libraries.archives, '-o', output], { env: buildEnvironment })
  await command(target.strip, ['--strip-all', output], { env: buildEnvironment })
  const complaint = loadableComplaint(await command(target.objdump, ['-p', '-T', output]))
  if (complaint !== undefined) throw new Error(`${output}: ${complaint}`)
  return output
}

/** Compiles every `bpf/*.bpf.c`. @returns the paths of the objects. */
export async function buildObjects(target: Target, libraries: StaticLibraries, paths: Paths): Promise<readonly string[]> {
  const outputs: string[] = []
  for (const source of globSync('bpf/*.bpf.c', { cwd: paths.agent }).sort()) {
    const output = join(paths.prebuilds, objectFolder(target.arch), `${basename(source, '.c')}.o`)
    mkdirSync(join(output, '..'), { recursive: true })
    const flags = [
      ...OBJECT_FLAGS,
      `-D__TARGET_ARCH_${BPF_ARCH[target.arch]}`,
      '-isystem',
      libraries.include,
      `-ffile-prefix-map=${paths.agent}=.`,
    ]
    // libbpf's copy of linux/bpf.h wants asm/types.h, which Debian keeps in a folder per architecture; only types come from it.
    const asm = ['-idirafter', '/usr/include/x86_64-linux-gnu']
    await command('clang', [...flags, ...asm, '-Ibpf', '-c', source, '-o', output], { cwd: paths.agent, env: buildEnvironment })
    await command('llvm-strip', ['-g', output], { env: buildEnvironment })
    outputs.push(output)
  }
  return outputs
}

/**
 * Reads `objdump -p -T`: why would this addon not load on the oldest system we promise? undefined when it would.
 * Undefined symbols of Node itself (`napi_*`) are what an addon is for; anything else without a version would fail at load time.
 */
export function loadableComplaint(dump: string): string | undefined {
  const needed = [...dump.matchAll(/^\s+NEEDED\s+(\S+)/gm)].map((match) => match[1] ?? '')
  const foreign = needed.filter((name) => !ALLOWED_LIBRARIES.has(name))
  if (foreign.length > 0) return `needs ${foreign.join(', ')}; only the C library is allowed`
  const versions = [...dump.matchAll(/\*UND\*.*\(?GLIBC_([\d.]+)\)?\s+(\S+)/g)]
  const tooNew = versions.find(([, version]) => newer(version ?? '', GLIBC_NEWEST))
  if (tooNew !== undefined) return `${tooNew[2]} needs GLIBC ${tooNew[1]}; at most ${GLIBC_NEWEST} is allowed`
  const unresolved = dump
    .split('\n')
    .filter((line) => line.includes('*UND*') && !line.includes('GLIBC_') && !/\sw\s/.test(line))
    .map((line) => line.trim().split(/\s+/).at(-1) ?? '')
    .filter((name) => !name.startsWith('napi_'))
  return unresolved.length > 0 ? `undefined symbols: ${unresolved.join(', ')}` : undefined
}

function newer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

/** A build sees nothing of the caller's environment. */
const buildEnvironment: Readonly<Record<string, string>> = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', SOURCE_DATE_EPOCH: '0' }

/** Kilobytes of a file, for people. */
export function kilobytes(path: string): string {
  return `${Math.round(statSync(path).size / 1000)} kB`
}

/** Whether two files hold the same bytes. */
export function sameBytes(a: string, b: string): boolean {
  return readFileSync(a).equals(readFileSync(b))
}
