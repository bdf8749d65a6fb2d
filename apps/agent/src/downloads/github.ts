/* What is fetched from GitHub outside of registries: releases, archives, raw files, clones. Paths: GitHub's documentation of each. */
import type { ForgeRole } from '@gatehouse/detections'
import { purl } from './purl.ts'
import type { Segments, Shape } from './shapes.ts'

/** @param url Address without query, for what has no place in the repository itself (release assets). */
export function githubShape(role: ForgeRole, segments: Segments, method: string, url: string): Shape | null {
  const [owner = '', repository = '', ...rest] = role === 'api' && segments[0] === 'repos' ? segments.slice(1) : segments
  if (!/^[\w.-]{1,100}$/.test(owner) || !/^[\w.-]{1,100}$/.test(repository) || rest.length === 0) return null
  const repo = { owner, repository: repository.replace(/\.git$/, '') }
  switch (role) {
    case 'site':
      return siteShape(repo, rest, method, url)
    case 'archives': {
      const [form = '', ...ref] = rest
      return /^(?:legacy\.)?(?:tar\.gz|zip)$/.test(form) ? shape(repo, { version: refName(ref) }) : null
    }
    case 'raw':
      return rawShape(repo, rest)
    case 'api': {
      const [form, ...ref] = rest
      return form === 'tarball' || form === 'zipball' ? shape(repo, { version: refName(ref) }) : null
    }
    default:
      return null
  }
}

interface Repo {
  readonly owner: string
  readonly repository: string
}

function siteShape(repo: Repo, rest: Segments, method: string, url: string): Shape | null {
  const [word, second = '', third = '', ...more] = rest
  if (word === 'releases' && second === 'download' && more.length > 0) {
    return shape(repo, { version: third, file: more.join('/'), qualifiers: { download_url: url } })
  }
  if (word === 'releases' && second === 'latest' && third === 'download' && more.length > 0) {
    return shape(repo, { file: more.join('/'), qualifiers: { download_url: url } })
  }
  if (word === 'archive') {
    const ref = [...rest.slice(1, -1), (rest.at(-1) ?? '').replace(/\.(?:tar\.gz|zip)$/, '')]
    return /\.(?:tar\.gz|zip)$/.test(rest.at(-1) ?? '') ? shape(repo, { version: refName(ref) }) : null
  }
  if (word === 'raw') return rawShape(repo, rest.slice(1))
  // The pack itself; `info/refs` before it only lists what there is.
  return word === 'git-upload-pack' && method === 'POST' ? shape(repo, {}) : null
}

function rawShape(repo: Repo, rest: Segments): Shape | null {
  const long = rest[0] === 'refs' && (rest[1] === 'heads' || rest[1] === 'tags')
  const version = long ? rest[2] : rest[0]
  const file = rest.slice(long ? 3 : 1)
  // A branch name may hold slashes, which the short form does not show; its first part is what can be said.
  return version === undefined || file.length === 0 ? null : shape(repo, { version, file: file.join('/'), subpath: file })
}

function shape(
  { owner, repository }: Repo,
  more: {
    readonly version?: string | undefined
    readonly file?: string
    readonly subpath?: Segments
    readonly qualifiers?: Readonly<Record<string, string>>
  },
): Shape {
  const { version, file, subpath, qualifiers } = more
  const known = version === undefined || version === '' ? {} : { version: version.slice(0, 256) }
  return {
    ecosystem: 'github',
    kind: 'package',
    name: `${owner}/${repository}`,
    ...known,
    ...(file === undefined ? {} : { file: file.slice(0, 512) }),
    // The type's rule: names of GitHub are lower case in a purl.
    purl: purl({
      type: 'github',
      namespace: [owner.toLowerCase()],
      name: repository.toLowerCase(),
      ...known,
      ...(subpath === undefined ? {} : { subpath }),
      ...(qualifiers === undefined ? {} : { qualifiers }),
    }),
  }
}

function refName(ref: Segments): string {
  return (ref[0] === 'refs' && (ref[1] === 'heads' || ref[1] === 'tags') ? ref.slice(2) : ref).join('/')
}
