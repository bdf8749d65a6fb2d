/* What a `uses` names. */
import type { ScalarNode } from '../yaml/tree.ts'

export type UsesKind = 'repository' | 'local' | 'self' | 'docker' | 'expression' | 'invalid'

export interface Uses {
  readonly kind: UsesKind
  readonly node: ScalarNode
  /** As written, without surrounding space. */
  readonly text: string
  /** `owner/repo` or `owner/repo/path`, lower case, `.` and empty parts removed; empty unless `repository`. */
  readonly action: string
  /** `owner/repo`, lower case; empty unless `repository`. */
  readonly slug: string
  readonly owner: string
  /** Path below the repository: of a `repository`, or of a `local` or `self` reference. */
  readonly path: string
  /** After `@`; empty when there is none. */
  readonly ref: string
  /** Of a `docker` reference, without `docker://`. */
  readonly image: string
}

/** Reads a `uses` value. `local` is `./…`, `self` is `$/…` (the repository of the workflow, at the running commit). */
export function parseUses(node: ScalarNode): Uses {
  const text = node.value.trim()
  const base = { node, text, action: '', slug: '', owner: '', path: '', ref: '', image: '' }
  if (text.startsWith('docker://')) return { ...base, kind: 'docker', image: text.slice('docker://'.length) }
  if (text.includes('${{')) return { ...base, kind: 'expression' }
  if (text.startsWith('./') || text === '.' || text.startsWith('.\\')) return { ...base, kind: 'local', path: cleanPath(text) }
  if (text.startsWith('$/')) {
    const [path, ref] = splitRef(text.slice(2))
    return { ...base, kind: 'self', path: cleanPath(path), ref }
  }
  const [name, ref] = splitRef(text)
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  const [owner, repo, ...rest] = parts
  if (owner === undefined || repo === undefined) return { ...base, kind: 'invalid', ref }
  const slug = `${owner}/${repo}`.toLowerCase()
  const path = cleanPath(rest.join('/'))
  return {
    ...base,
    kind: 'repository',
    owner: owner.toLowerCase(),
    slug,
    path,
    action: path === '' ? slug : `${slug}/${path}`.toLowerCase(),
    ref,
  }
}

function splitRef(text: string): [string, string] {
  const at = text.indexOf('@')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** A path without `.`, empty parts and resolvable `..`; never one that leaves the repository. */
export function cleanPath(path: string): string {
  const parts: string[] = []
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** A full commit id: 40 hexadecimal digits, or 64 in a SHA-256 repository. */
export function isCommit(ref: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref)
}

export interface ImageReference {
  readonly name: string
  readonly tag: string
  readonly digest: string
}

/** Splits `registry:5000/name:tag@sha256:…`. */
export function parseImage(text: string): ImageReference {
  const [rest = '', digest = ''] = text.split('@', 2)
  const colon = rest.lastIndexOf(':')
  const hasTag = colon > rest.lastIndexOf('/')
  return { name: hasTag ? rest.slice(0, colon) : rest, tag: hasTag ? rest.slice(colon + 1) : '', digest }
}
