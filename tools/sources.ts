/* The files of the repository, as git sees them: tracked, or new and not ignored. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './root.ts'

/** Paths relative to the root that match the git pathspecs, sorted. Deleted files are left out. */
export function filesOf(...pathspecs: readonly string[]): readonly string[] {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...pathspecs], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return [...new Set(listing.split('\0'))].filter((file) => file !== '' && existsSync(path.join(ROOT, file))).toSorted()
}
