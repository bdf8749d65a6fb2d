/** The corpus of real files, which is no part of the repository. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** Folder of the unpacked corpus, or why there is none. */
export function findCorpus(): { readonly folder: string } | { readonly missing: string } {
  const candidates = [process.env['GATEHOUSE_CORPUS'], path.resolve(import.meta.dirname, '../../shared/corpus/files')]
  const folder = candidates.find((candidate) => candidate !== undefined && existsSync(path.join(candidate, 'workflows')))
  return folder === undefined ? { missing: 'the corpus is not unpacked; set GATEHOUSE_CORPUS to its folder' } : { folder }
}

/** Files below a folder, by path relative to it. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}
