/*
 * The packages a scenario installs come from the registry this machine is configured for, through its own npm client. They
 * are fetched before the job starts and outside its network, kept in the repository's cache folder, and then served to the
 * job unchanged by registry.ts: the job really downloads them, over a network that is watched and leads nowhere else.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command } from './command.ts'

/**
 * Makes sure the tarballs of `packages` (`name@exact-version`) are in `folder`.
 * @returns how many had to be fetched.
 * @throws {Error} with npm's own words when the registry refuses or cannot be reached.
 */
export async function fetchPackages(folder: string, packages: readonly string[]): Promise<number> {
  mkdirSync(folder, { recursive: true })
  const missing = packages.filter((spec) => !existsSync(join(folder, tarballName(spec))))
  if (missing.length === 0) return 0

  // Into a folder of its own and then renamed: a start that is cut short must not leave half a tarball behind.
  const work = await mkdtemp(join(folder, '.fetch-'))
  try {
    // The repository's .npmrc refuses remote tarballs, and npm hands its settings down to what it runs (npm_config_*). `npm pack`
    // of a name and exact version counts as one although it asks the registry, so that setting alone is lifted here.
    await command('npm', ['pack', '--loglevel=error', '--ignore-scripts', '--allow-remote=all', '--pack-destination', work, ...missing], {
      cwd: tmpdir(),
      timeoutMs: 120_000,
    })
    for (const file of await readdir(work)) renameSync(join(work, file), join(folder, file))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const still = missing.filter((spec) => !existsSync(join(folder, tarballName(spec))))
  if (still.length > 0) throw new Error(`npm pack did not produce ${still.join(', ')}`)
  return missing.length
}

/** The file name `npm pack` gives: `@scope/name@1.2.3` becomes `scope-name-1.2.3.tgz`. */
export function tarballName(spec: string): string {
  const at = spec.lastIndexOf('@')
  if (at <= 0) throw new Error(`"${spec}" is not name@version`)
  return `${spec.slice(0, at).replace(/^@/, '').replaceAll('/', '-')}-${spec.slice(at + 1)}.tgz`
}
