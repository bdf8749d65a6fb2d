/** Kernels of three Debian releases, unpacked into the cache. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../debian/command.ts'
import { openPrivateApt, type PrivateApt, type Suite } from '../debian/private-apt.ts'

export interface KernelImage {
  /** The series that was asked for, e.g. `6.1`. */
  readonly series: string
  /** Debian's version of the package, e.g. `6.1.176-1`. */
  readonly version: string
  readonly path: string
}

/** The floor we promise is 5.15, which Debian does not ship; 5.10 is stricter. 6.1 and 6.12 are what runners of today have or bracket. */
export const SERIES = ['5.10', '6.1', '6.12'] as const

const SUITES: readonly Suite[] = [
  { name: 'bullseye', ended: true },
  { name: 'bullseye-security', ended: true },
  { name: 'bookworm' },
  { name: 'bookworm-security' },
  { name: 'trixie' },
  { name: 'trixie-security' },
]

/** The kernel for virtual machines: small, and with everything the sensor needs built in. */
const META_PACKAGE = 'linux-image-cloud-amd64'

/**
 * The newest kernel of each series that the releases offer; downloaded once per version. With `offline`, the newest in the cache.
 * @throws Error naming the series when none is offered.
 */
export async function kernelImages(cache: string, series: readonly string[], offline: boolean): Promise<readonly KernelImage[]> {
  const folder = join(cache, 'images')
  mkdirSync(folder, { recursive: true })
  const cached = readdirSync(folder)
  if (offline) return series.map((one) => cachedImage(folder, cached, one))
  const apt = await openPrivateApt(join(cache, 'apt'), SUITES)
  const versions = await apt.versions(META_PACKAGE)
  const images: KernelImage[] = []
  for (const one of series) {
    const version = versions.find((candidate) => candidate.startsWith(`${one}.`))
    if (version === undefined) throw new Error(`Debian offers no ${one} kernel to this machine (found: ${versions.join(', ')})`)
    const path = join(folder, version)
    if (!existsSync(path)) await fetchImage(apt, version, path)
    images.push({ series: one, version, path })
  }
  return images
}

function cachedImage(folder: string, cached: readonly string[], series: string): KernelImage {
  const version = cached
    .filter((name) => name.startsWith(`${series}.`))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)
  if (version === undefined) throw new Error(`no ${series} kernel in the cache: run once without --offline`)
  return { series, version, path: join(folder, version) }
}

async function fetchImage(apt: PrivateApt, version: string, path: string): Promise<void> {
  const depends = (await apt.field(META_PACKAGE, version, 'Depends')) ?? ''
  const [, name, exact] = /(linux-image-\S+) \(= ([^)]+)\)/.exec(depends) ?? []
  if (name === undefined || exact === undefined) throw new Error(`${META_PACKAGE} ${version} names no kernel: ${depends}`)
  const work = `${path}.new`
  rmSync(work, { recursive: true, force: true })
  const archive = await apt.download(name, exact, join(work, 'deb'))
  await command('dpkg-deb', ['-x', archive, join(work, 'tree')])
  const image = readdirSync(join(work, 'tree/boot')).find((file) => file.startsWith('vmlinuz-'))
  if (image === undefined) throw new Error(`${name} ${exact} holds no kernel image`)
  renameSync(join(work, 'tree/boot', image), path)
  rmSync(work, { recursive: true, force: true })
}
