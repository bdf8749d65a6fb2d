/* Which files a scan reads, and to which repository each belongs. */
import path from 'node:path'
import type { Io } from './io.ts'

export interface FoundFile {
  /** As shown in reports: relative to the working folder when it lies below it. */
  readonly shown: string
  /** Inside its repository. */
  readonly path: string
  readonly absolute: string
}

export interface FoundRepository {
  readonly root: string
  readonly files: readonly FoundFile[]
}

export interface Found {
  readonly repositories: readonly FoundRepository[]
  /** Paths that were given and hold nothing to analyse. */
  readonly missing: readonly string[]
}

/** Folders that hold other people's code or none. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git', 'vendor', 'dist', '.venv', 'target', '.cache'])
/** Deeper than this is no layout that anybody has. */
const DEPTH_MAX = 24

/** Finds workflows, actions, Dependabot configurations and the files that rules read beside them. */
export function findFiles(io: Io, paths: readonly string[]): Found {
  const byRoot = new Map<string, Map<string, FoundFile>>()
  const missing: string[] = []
  const add = (root: string, absolute: string): void => {
    const inside = path.relative(root, absolute).split(path.sep).join('/')
    const shown = path.relative(io.cwd, absolute)
    const files = byRoot.get(root) ?? new Map<string, FoundFile>()
    byRoot.set(root, files)
    files.set(absolute, { shown: (shown.startsWith('..') ? absolute : shown).split(path.sep).join('/'), path: inside, absolute })
  }
  for (const given of paths) {
    const absolute = path.resolve(io.cwd, given)
    const kind = io.kind(absolute)
    if (kind === 'file') add(rootOf(io, absolute), absolute)
    else if (kind === 'folder') {
      const before = count(byRoot)
      walk(io, absolute, rootOf(io, absolute), 0, add)
      if (count(byRoot) === before) missing.push(`${given}: there is no workflow, action or Dependabot configuration in it`)
    } else missing.push(`${given}: there is no such file or folder`)
  }
  const repositories = [...byRoot].map(([root, files]) => ({ root, files: [...files.values()] }))
  return { repositories, missing }
}

function count(byRoot: ReadonlyMap<string, ReadonlyMap<string, FoundFile>>): number {
  let sum = 0
  for (const files of byRoot.values()) sum += files.size
  return sum
}

function walk(io: Io, folder: string, root: string, depth: number, add: (root: string, file: string) => void): void {
  if (depth > DEPTH_MAX) return
  let entries: ReturnType<Io['list']>
  try {
    entries = io.list(folder)
  } catch {
    // A folder that may not be read is no reason to lose the others; what matters in it would be given by name.
    return
  }
  // A folder with its own `.github` is a repository of its own: several can be scanned at once.
  const own = entries.some((entry) => entry.kind === 'folder' && (entry.name === '.github' || entry.name === '.git')) ? folder : root
  for (const entry of entries) {
    const file = path.join(folder, entry.name)
    if (entry.kind === 'folder') {
      if (!SKIPPED.has(entry.name)) walk(io, file, own, depth + 1, add)
    } else if (entry.kind === 'file' && isWanted(path.relative(own, file).split(path.sep).join('/'))) add(own, file)
  }
}

function isWanted(inside: string): boolean {
  return (
    /(?:^|\/)\.github\/workflows\/(?:[^/]+\.ya?ml|actions\.lock)$/i.test(inside) ||
    /(?:^|\/)action\.ya?ml$/i.test(inside) ||
    /(?:^|\/)\.github\/dependabot\.ya?ml$/i.test(inside) ||
    /^(?:\.github\/|docs\/)?CODEOWNERS$/.test(inside)
  )
}

/** The repository of a file: the folder above `.github`, else the nearest folder with `.github` or `.git`, else its own. */
function rootOf(io: Io, absolute: string): string {
  const at = absolute.lastIndexOf(`${path.sep}.github${path.sep}`)
  if (at > 0) return absolute.slice(0, at)
  if (absolute.endsWith(`${path.sep}.github`)) return path.dirname(absolute)
  const start = io.kind(absolute) === 'folder' ? absolute : path.dirname(absolute)
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (io.kind(path.join(folder, '.git')) !== 'absent' || io.kind(path.join(folder, '.github')) === 'folder') return folder
    if (folder === path.dirname(folder)) return start
  }
}
