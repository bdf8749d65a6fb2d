/*
 * Which package a path names, one function for each ecosystem. A path that could mean something else gives null: a wrong package in a
 * bill of materials is worse than a missing one. Sources are at each function.
 */
import type { Download } from '@gatehouse/schema/exports'
import { purl } from './purl.ts'

export interface Shape {
  readonly purl: string
  readonly ecosystem: Download['ecosystem']
  readonly kind: Download['kind']
  readonly name: string
  readonly version?: string
  readonly file?: string
  readonly sha256?: string
}

/** Decoded segments of a path; the empty ones and the leading slash are gone. */
export type Segments = readonly string[]

/** npm: tarballs are `NAME/-/BASENAME-VERSION.tgz` (npm registry API, "dist.tarball"), with any prefix on a mirror. */
export function npmShape(segments: Segments): Shape | null {
  const dash = segments.lastIndexOf('-')
  const file = segments[dash + 1]
  const last = segments[dash - 1]
  if (dash < 1 || file === undefined || last === undefined || dash + 2 !== segments.length) return null
  // `@scope%2fname` decodes to one segment with a slash.
  const [scope, base] = last.startsWith('@') && last.includes('/') ? last.split('/', 2) : [segments[dash - 2], last]
  if (base === undefined || !/^[a-z0-9._~-]{1,214}$/i.test(base) || !file.startsWith(`${base}-`) || !file.endsWith('.tgz')) return null
  const version = file.slice(base.length + 1, -'.tgz'.length)
  if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) return null
  const scoped = scope !== undefined && /^@[a-z0-9._~-]{1,213}$/i.test(scope)
  return {
    ecosystem: 'npm',
    kind: 'package',
    name: scoped ? `${scope}/${base}` : base,
    version,
    purl: purl({ type: 'npm', ...(scoped ? { namespace: [scope.toLowerCase()] } : {}), name: base.toLowerCase(), version }),
  }
}

/** Wheels: `NAME-VERSION(-BUILD)?-PYTHON-ABI-PLATFORM.whl` (packaging.python.org, "Binary distribution format"). */
export function wheelShape(segments: Segments): Shape | null {
  const file = segments.at(-1)
  if (file === undefined || !file.endsWith('.whl')) return null
  const parts = file.slice(0, -'.whl'.length).split('-')
  const [name = '', version = ''] = parts
  if (parts.length < 5 || parts.length > 6) return null
  return pythonShape(name, version, file)
}

/** Source archives: `NAME-VERSION.tar.gz` or `.zip` (PEP 625, and what was before it). Only where a path says it is Python. */
export function sdistShape(segments: Segments): Shape | null {
  const file = segments.at(-1)
  if (file === undefined || !segments.includes('packages')) return null
  const stem = /^(.+?)\.(?:tar\.gz|tar\.bz2|tgz|zip)$/.exec(file)?.[1]
  // Old names have hyphens themselves, so the version is what follows the last hyphen before a digit.
  const split = /^(.+)-(v?\d[^-]*)$/.exec(stem ?? '')
  return split === null ? null : pythonShape(split[1] ?? '', split[2] ?? '', file)
}

function pythonShape(name: string, version: string, file: string): Shape | null {
  if (!/^[a-z0-9](?:[\w.-]{0,212}[a-z0-9])?$/i.test(name) || !/^v?\d[\w.!+]*$/.test(version)) return null
  // Normalised as PEP 503 says; purl asks for the same.
  const normal = name.toLowerCase().replaceAll(/[-_.]+/g, '-')
  return {
    ecosystem: 'pypi',
    kind: 'package',
    name: normal,
    version,
    file,
    purl: purl({ type: 'pypi', name: normal, version, qualifiers: { file_name: file } }),
  }
}

/** Cargo book, "Registry Web API" (`/api/v1/crates/NAME/VERSION/download`) and the static host's `NAME-VERSION.crate`. */
export function crateShape(segments: Segments): Shape | null {
  const file = segments.at(-1) ?? ''
  if (file === 'download') {
    const [crates, name, version] = segments.slice(-4, -1)
    return crates === 'crates' ? crate(name, version) : null
  }
  if (!file.endsWith('.crate')) return null
  const folder = segments.at(-2) ?? ''
  // The folder settles where the name ends: both may hold hyphens and digits.
  if (file.startsWith(`${folder}-`)) return crate(folder, file.slice(folder.length + 1, -'.crate'.length))
  const split = /^(.+?)-(\d+\.\d+\.\d+[\w.+-]*)\.crate$/.exec(file)
  return split === null ? null : crate(split[1], split[2])
}

function crate(name: string | undefined, version: string | undefined): Shape | null {
  if (name === undefined || version === undefined || !/^[a-z][\w-]{0,63}$/i.test(name) || !/^\d+\.\d+\.\d+[\w.+-]*$/.test(version))
    return null
  return { ecosystem: 'cargo', kind: 'package', name, version, purl: purl({ type: 'cargo', name, version }) }
}

/** Go modules reference, "GOPROXY protocol": `MODULE/@v/VERSION.zip`, upper case letters as `!` and the lower one. */
export function goShape(segments: Segments): Shape | null {
  const at = segments.indexOf('@v')
  const file = segments[at + 1]
  if (at < 1 || at + 2 !== segments.length || file === undefined || !file.endsWith('.zip')) return null
  // On a mirror a prefix may come before; a module path starts with a host name.
  const first = segments.findIndex((segment) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(segment))
  if (first === -1 || first >= at) return null
  const module = unescapeGo(segments.slice(first, at).join('/'))
  const version = unescapeGo(file.slice(0, -'.zip'.length))
  if (module === null || version === null || !/^v\d+\.\d+\.\d+[\w.+-]*$/.test(version)) return null
  const parts = module.toLowerCase().split('/')
  return {
    ecosystem: 'go',
    kind: 'package',
    name: module,
    version,
    purl: purl({ type: 'golang', namespace: parts.slice(0, -1), name: parts.at(-1) ?? '', version }),
  }
}

function unescapeGo(text: string): string | null {
  const plain = text.replaceAll(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return /^[\w./~+-]+$/.test(plain) ? plain : null
}

const MAVEN_FILES = new Set(['jar', 'aar', 'war', 'ear', 'zip', 'tar.gz', 'exe', 'so', 'klib', 'module'])
/** How the first part of nearly every group id reads; on a mirror it shows where the group begins. */
const MAVEN_GROUP_STARTS = new Set([
  'com',
  'org',
  'net',
  'io',
  'dev',
  'edu',
  'gov',
  'de',
  'fr',
  'uk',
  'me',
  'app',
  'co',
  'ai',
  'tech',
  'cloud',
  'info',
  'eu',
  'ch',
  'jp',
  'cn',
  'ru',
  'nl',
  'it',
  'at',
  'us',
  'androidx',
  'jakarta',
  'javax',
  'kotlin',
])

/** Maven repository layout: `GROUP/AS/PATH/ARTIFACT/VERSION/ARTIFACT-VERSION(-CLASSIFIER)?.EXTENSION`. */
export function mavenShape(segments: Segments, knownHost: boolean): Shape | null {
  const [artifact = '', version = '', file = ''] = segments.slice(-3)
  if (segments.length < 4 || !file.startsWith(`${artifact}-${version}`) || !/^[\w.-]+$/.test(artifact) || !/^[\w.+-]+$/.test(version))
    return null
  const rest = /^(?:-([\w.-]+?))?\.((?:tar\.)?[a-z]+)$/.exec(file.slice(artifact.length + version.length + 1))
  const extension = rest?.[2] ?? ''
  if (rest === null || !MAVEN_FILES.has(extension)) return null
  const folders = segments.slice(0, -3)
  // A folder called maven may also be inside a group (org/apache/maven), so it is the root only before one begins.
  const root = folders.findIndex((segment) => /^(?:m2|[\w-]*maven[\w-]*)$/.test(segment))
  const begin = folders.findIndex((segment) => MAVEN_GROUP_STARTS.has(segment))
  const start = root >= 0 && (begin < 0 || root < begin) ? root + 1 : begin < 0 && knownHost ? 0 : begin
  const group = start < 0 ? [] : folders.slice(start)
  if (group.length === 0 || !group.every((segment) => /^[\w-]+$/.test(segment))) return null
  const namespace = group.join('.')
  return {
    ecosystem: 'maven',
    kind: 'package',
    name: `${namespace}:${artifact}`,
    version,
    file,
    purl: purl({
      type: 'maven',
      namespace: [namespace],
      name: artifact,
      version,
      qualifiers: { classifier: rest[1], type: extension === 'jar' ? undefined : extension },
    }),
  }
}

/** NuGet server API: flat container `ID/VERSION/ID.VERSION.nupkg`; V2 `package/ID/VERSION`. */
export function nugetShape(segments: Segments, knownHost: boolean): Shape | null {
  const file = segments.at(-1) ?? ''
  if (file.endsWith('.nupkg')) {
    const [id = '', version = ''] = segments.slice(-3, -1)
    return file.toLowerCase() === `${id}.${version}.nupkg`.toLowerCase() ? nuget(id, version) : null
  }
  const [word, id, version] = segments.slice(-3)
  return knownHost && word === 'package' && segments.includes('v2') ? nuget(id, version) : null
}

function nuget(id: string | undefined, version: string | undefined): Shape | null {
  if (id === undefined || version === undefined || !/^\w[\w.-]{0,99}$/.test(id) || !/^\d[\w.+-]*$/.test(version)) return null
  return { ecosystem: 'nuget', kind: 'package', name: id, version, purl: purl({ type: 'nuget', name: id, version }) }
}

/** RubyGems guides, "specification reference": `gems/NAME-VERSION(-PLATFORM)?.gem`. */
export function gemShape(segments: Segments): Shape | null {
  const file = segments.at(-1) ?? ''
  const [, name, version, platform] = /^([\w.-]+?)-(\d+(?:\.\w+)*)(?:-([\w.-]+))?\.gem$/.exec(file) ?? []
  if (name === undefined || version === undefined) return null
  return {
    ecosystem: 'rubygems',
    kind: 'package',
    name,
    version,
    file,
    purl: purl({ type: 'gem', name, version, qualifiers: { platform } }),
  }
}

/** Debian policy and the pool layout: `pool/AREA/…/NAME_VERSION_ARCH.deb`; the epoch is not part of the file name. */
export function debianShape(segments: Segments): Shape | null {
  const file = segments.at(-1) ?? ''
  const [, name, version, arch] = /^([a-z0-9][a-z0-9+.-]+)_([\w.+~:-]+)_([a-z0-9-]+)\.u?deb$/.exec(file) ?? []
  if (name === undefined || version === undefined || arch === undefined) return null
  const distribution = segments.find((segment) => /^(?:debian|ubuntu)(?:-|$)/.test(segment))
  const vendor = distribution?.startsWith('ubuntu') ? 'ubuntu' : distribution === undefined ? undefined : 'debian'
  return {
    ecosystem: 'debian',
    kind: 'package',
    name,
    version,
    file,
    purl: purl({ type: 'deb', ...(vendor === undefined ? {} : { namespace: [vendor] }), name, version, qualifiers: { arch } }),
  }
}

/** OCI distribution specification, "pull": `/v2/NAME/manifests/REFERENCE` and `/v2/NAME/blobs/DIGEST`. */
export function ociShape(segments: Segments, host: string): Shape | null {
  const [kind = '', reference = ''] = segments.slice(-2)
  const name = segments.slice(1, -2)
  if (segments[0] !== 'v2' || name.length === 0 || !name.every((part) => /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(part))) return null
  const isBlob = kind === 'blobs'
  if (!isBlob && kind !== 'manifests') return null
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(reference)?.[1]
  if (sha256 === undefined && (isBlob || !/^\w[\w.-]{0,127}$/.test(reference))) return null
  const last = name.at(-1) ?? ''
  return {
    ecosystem: 'oci',
    kind: isBlob ? 'part' : 'package',
    name: name.join('/'),
    version: reference,
    ...(sha256 === undefined ? {} : { sha256 }),
    purl: purl({
      type: 'oci',
      name: last,
      ...(sha256 === undefined ? {} : { version: reference }),
      qualifiers: { repository_url: `${host}/${name.join('/')}`, tag: sha256 === undefined ? reference : undefined },
    }),
  }
}
