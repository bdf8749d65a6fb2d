/** zlib, libelf and libbpf as static position-independent libraries, built from Debian's sources and kept in a cache. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../debian/command.ts'
import { openPrivateApt } from '../debian/private-apt.ts'
import { LIBRARIES, LIBRARIES_SUITE, LIBRARY_FLAGS, type Target } from './recipe.ts'

export interface StaticLibraries {
  /** Headers of libbpf and libelf. */
  readonly include: string
  /** In linking order: a library comes before those it uses. */
  readonly archives: readonly string[]
}

/**
 * Builds the libraries for a target, or finds them in the cache folder.
 * @throws CommandFailed when a source package cannot be had or does not build.
 */
export async function staticLibraries(target: Target, cache: string, say: (line: string) => void): Promise<StaticLibraries> {
  const folder = join(cache, `${target.arch}-${keyOf(target)}`)
  const built: StaticLibraries = {
    include: join(folder, 'include'),
    archives: ['libbpf.a', 'libelf.a', 'libz.a'].map((name) => join(folder, 'lib', name)),
  }
  if (existsSync(folder)) return built

  const sources = await sourcePackages(cache, say)
  const work = join(cache, `work-${target.arch}`)
  rmSync(work, { recursive: true, force: true })
  const out = join(work, 'out')
  mkdirSync(join(out, 'lib'), { recursive: true })
  mkdirSync(join(out, 'include'), { recursive: true })
  const environment = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    SOURCE_DATE_EPOCH: '0',
    CC: target.cc,
    AR: target.cc.replace(/gcc$/, 'ar'),
    RANLIB: target.cc.replace(/gcc$/, 'ranlib'),
  }
  for (const { name } of LIBRARIES) {
    say(`building ${name} for ${target.arch}`)
    const tree = join(work, name)
    cpSync(join(sources, name), tree, { recursive: true })
    await builders[name]({
      tree,
      out,
      target,
      environment: { ...environment, CFLAGS: [...LIBRARY_FLAGS, `-ffile-prefix-map=${work}=.`, '-g0'].join(' ') },
    })
  }
  // The rename makes a half-built cache impossible.
  renameSync(out, folder)
  rmSync(work, { recursive: true, force: true })
  return built
}

interface Build {
  readonly tree: string
  readonly out: string
  readonly target: Target
  readonly environment: Readonly<Record<string, string>>
}

const builders: Readonly<Record<(typeof LIBRARIES)[number]['name'], (build: Build) => Promise<void>>> = {
  async zlib({ tree, out, environment }) {
    await command('./configure', ['--static'], { cwd: tree, env: environment })
    await command('make', ['-j2', 'libz.a'], { cwd: tree, env: environment })
    cpSync(join(tree, 'libz.a'), join(out, 'lib/libz.a'))
    for (const header of ['zlib.h', 'zconf.h']) cpSync(join(tree, header), join(out, 'include', header))
  },

  async elfutils({ tree, out, target, environment }) {
    const env = { ...environment, CPPFLAGS: `-I${join(out, 'include')}`, LDFLAGS: `-L${join(out, 'lib')}` }
    const absent = ['--disable-debuginfod', '--disable-libdebuginfod', '--without-bzlib', '--without-lzma', '--without-zstd']
    const host = target.host === undefined ? [] : [`--host=${target.host}`]
    await command('./configure', [...host, '--disable-nls', '--disable-symbol-versioning', ...absent], { cwd: tree, env })
    await command('make', ['-j2', '-C', 'lib', 'libeu.a'], { cwd: tree, env })
    await command('make', ['-j2', '-C', 'libelf', 'libelf.a'], { cwd: tree, env })
    cpSync(join(tree, 'libelf/libelf.a'), join(out, 'lib/libelf.a'))
    for (const header of ['libelf.h', 'gelf.h']) cpSync(join(tree, 'libelf', header), join(out, 'include', header))
  },

  async libbpf({ tree, out, environment }) {
    const variables = [
      '-C',
      'src',
      'BUILD_STATIC_ONLY=1',
      'NO_PKG_CONFIG=1',
      `EXTRA_CFLAGS=-I${join(out, 'include')}`,
      'PREFIX=',
      'LIBDIR=/lib',
      `DESTDIR=${out}`,
    ]
    await command('make', ['-j2', ...variables, 'install', 'install_uapi_headers'], { cwd: tree, env: environment })
  },
}

/** Unpacked source packages, one folder each, named without their versions. */
async function sourcePackages(cache: string, say: (line: string) => void): Promise<string> {
  const folder = join(cache, `sources-${digest(JSON.stringify(LIBRARIES))}`)
  if (existsSync(folder)) return folder
  say('fetching the sources of zlib, elfutils and libbpf')
  const apt = await openPrivateApt(join(cache, 'apt'), [{ name: LIBRARIES_SUITE, sources: true }])
  const fresh = `${folder}.new`
  rmSync(fresh, { recursive: true, force: true })
  for (const { name, version } of LIBRARIES) {
    const unpacked = await apt.source(name, version, join(fresh, 'packages', name))
    renameSync(unpacked, join(fresh, name))
  }
  renameSync(fresh, folder)
  return folder
}

function keyOf(target: Target): string {
  // This file is part of the key: it says how each library is configured.
  return digest(JSON.stringify([LIBRARIES, LIBRARY_FLAGS, target]) + readFileSync(import.meta.filename, 'utf8'))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
