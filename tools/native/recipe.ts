/**
 * What goes into the prebuilt binaries and how. This file decides their bytes, so it is itself one of the hashed sources
 * (`prebuilt.ts`): after a change here, `npm run bpf`.
 */

/** Debian source packages of the three libraries that are linked into the addon. Exact, so that a rebuild is the same build. */
export const LIBRARIES = [
  { name: 'zlib', version: '1:1.2.13.dfsg-1' },
  { name: 'elfutils', version: '0.188-2.1' },
  { name: 'libbpf', version: '1.1.2-0+deb12u1' },
] as const
export const LIBRARIES_SUITE = 'bookworm'

/** The newest C library symbol version the addon may ask for: Ubuntu 22.04 has 2.35, Debian 12 has 2.36. */
export const GLIBC_NEWEST = '2.34'

export interface Target {
  /** As `process.arch` says it. */
  readonly arch: 'x64' | 'arm64'
  readonly cc: string
  readonly strip: string
  readonly objdump: string
  /** For configure scripts; undefined builds for this machine. */
  readonly host: string | undefined
}

export const TARGETS: readonly Target[] = [
  { arch: 'x64', cc: 'x86_64-linux-gnu-gcc', strip: 'x86_64-linux-gnu-strip', objdump: 'x86_64-linux-gnu-objdump', host: undefined },
  {
    arch: 'arm64',
    cc: 'aarch64-linux-gnu-gcc',
    strip: 'aarch64-linux-gnu-strip',
    objdump: 'aarch64-linux-gnu-objdump',
    host: 'aarch64-linux-gnu',
  },
]

/** Debian's own static libraries are not position independent, hence our own build; sections let the linker drop what is unused. */
export const LIBRARY_FLAGS = ['-O2', '-fPIC', '-ffunction-sections', '-fdata-sections', '-fvisibility=hidden']

export const ADDON_FLAGS = [
  '-std=gnu11',
  '-O2',
  '-fPIC',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-fvisibility=hidden',
  '-ffunction-sections',
  '-fdata-sections',
  '-fstack-protector-strong',
  '-D_FORTIFY_SOURCE=2',
  '-DNAPI_VERSION=8',
]

export const ADDON_LINK_FLAGS = [
  '-shared',
  // libbpf's symbols must not meet those of another libbpf in the same process.
  '-Wl,--exclude-libs,ALL',
  '-Wl,--gc-sections',
  '-Wl,-z,relro,-z,now,-z,noexecstack',
  '-Wl,--build-id=none',
]

/** `-mcpu=v2` is the newest instruction set that 5.10 is sure to have. CO-RE needs `-g`; the DWARF in it is stripped afterwards. */
export const OBJECT_FLAGS = ['-target', 'bpf', '-mcpu=v2', '-O2', '-g', '-Wall', '-Werror', '-fno-ident']

/** The kernel side of each architecture, as libbpf's headers name it. */
export const BPF_ARCH: Readonly<Record<Target['arch'], string>> = { x64: 'x86', arm64: 'arm64' }

/** Where a target's kernel objects lie below `prebuilds/`. */
export function objectFolder(arch: Target['arch']): string {
  return arch === 'x64' ? '.' : `linux-${arch}`
}
