/**
 * Debian packages of any release without touching the machine's own apt configuration: an apt with its own lists, cache and status.
 * Signatures are checked against the keyring of `debian-archive-keyring`.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './command.ts'

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Programs needed here, and the Debian package that has each. */
export const APT_PROGRAMS: Readonly<Record<string, string>> = { 'apt-get': 'apt', 'dpkg-deb': 'dpkg' }

export interface Suite {
  /** `bookworm`, `bullseye-security`, … */
  readonly name: string
  readonly sources?: boolean
  readonly architecture?: string
  /** An archived release no longer renews the date in its index; the signature still holds. */
  readonly ended?: boolean
}

export interface PrivateApt {
  /** Versions of a package that the suites offer, newest first. */
  versions(name: string): Promise<readonly string[]>
  /** One field of a package's record, e.g. `Depends`. */
  field(name: string, version: string, field: string): Promise<string | undefined>
  /** Downloads `name=version` into a folder; returns the path of the .deb. */
  download(name: string, version: string, into: string): Promise<string>
  /** Downloads and unpacks a source package; returns the unpacked folder. */
  source(name: string, version: string, into: string): Promise<string>
}

/**
 * Reads the lists of some suites into `folder` and answers from them.
 * @throws CommandFailed when a mirror cannot be reached or a signature is wrong.
 */
export async function openPrivateApt(folder: string, suites: readonly Suite[]): Promise<PrivateApt> {
  const mirrors = await debianMirrors()
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, part), { recursive: true })
  writeFileSync(join(folder, 'status'), '')
  writeFileSync(join(folder, 'sources.list'), suites.flatMap((suite) => sourceLines(suite, mirrors)).join('\n') + '\n')
  const settings = {
    'Dir::State': folder,
    'Dir::State::status': join(folder, 'status'),
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    // As root, apt would drop to its own user, who cannot write into our folder.
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  await command('apt-get', [...options, 'update'])

  return {
    async versions(name) {
      const table = await command('apt-cache', [...options, 'madison', name])
      return table.split('\n').flatMap((line) => {
        const [, version, origin] = line.split('|').map((cell) => cell.trim())
        return version !== undefined && origin?.endsWith('Packages') ? [version] : []
      })
    },
    async field(name, version, field) {
      const record = await command('apt-cache', [...options, 'show', `${name}=${version}`])
      return record
        .split('\n')
        .find((line) => line.startsWith(`${field}: `))
        ?.slice(field.length + 2)
    },
    async download(name, version, into) {
      mkdirSync(into, { recursive: true })
      await command('apt-get', [...options, 'download', `${name}=${version}`], { cwd: into })
      return only(into, (file) => file.startsWith(`${name}_`) && file.endsWith('.deb'), `${name} ${version}`)
    },
    async source(name, version, into) {
      mkdirSync(into, { recursive: true })
      await command('apt-get', [...options, 'source', `${name}=${version}`], { cwd: into })
      return only(into, (file) => file.startsWith(`${name}-`), `${name} ${version}`)
    },
  }
}

interface Mirrors {
  readonly main: string
  readonly security: string | undefined
}

/**
 * Where this machine gets Debian from. Taken from its own configuration, so that a private mirror stays in use;
 * `GATEHOUSE_DEBIAN_MIRROR` says it where the machine is not Debian.
 */
async function debianMirrors(): Promise<Mirrors> {
  const told = process.env['GATEHOUSE_DEBIAN_MIRROR']
  if (told !== undefined && told !== '') return { main: told, security: process.env['GATEHOUSE_DEBIAN_SECURITY_MIRROR'] }
  const listed = await command('apt-get', ['indextargets', '--format', '$(ORIGIN)|$(RELEASE)|$(REPO_URI)', 'Created-By: Packages'])
  const debian = listed
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([origin, , address]) => origin === 'Debian' && address !== undefined)
  const main = debian.find(([, release]) => release !== undefined && /^[a-z]+$/.test(release))?.[2]
  if (main === undefined)
    throw new Error('this machine has no Debian mirror in its apt lists: run apt-get update, or set GATEHOUSE_DEBIAN_MIRROR')
  return { main, security: debian.find(([, release]) => release?.endsWith('-security'))?.[2] }
}

function sourceLines(suite: Suite, mirrors: Mirrors): string[] {
  const address = suite.name.endsWith('-security') ? mirrors.security : mirrors.main
  if (address === undefined) return []
  const options = [`signed-by=${KEYRING}`, `arch=${suite.architecture ?? 'amd64'}`]
  if (suite.ended) options.push('check-valid-until=no')
  const packages = `deb [${[...options, 'target=Packages'].join(' ')}] ${address} ${suite.name} main`
  return suite.sources ? [packages, `deb-src [${options.join(' ')}] ${address} ${suite.name} main`] : [packages]
}

function only(folder: string, wanted: (file: string) => boolean, what: string): string {
  const [found, ...more] = readdirSync(folder).filter(wanted)
  if (found === undefined || more.length > 0) throw new Error(`expected one ${what} in ${folder}, found ${more.length + (found ? 1 : 0)}`)
  return join(folder, found)
}
