/* `.github/workflows/actions.lock`, formats v0.0.1 and v0.0.2. Facts: gh-actions-lock at f41c314. */
import type { Severity } from '@gatehouse/schema'
import type { Range, SourceFile } from '../source.ts'
import { parseYaml } from '../yaml/parse.ts'
import { child, isMap, isScalar, scalarsOf, textOf } from '../yaml/tree.ts'
import { isCommit } from './uses.ts'

export interface LockFile {
  /** Pins (`owner/repo@ref`, lower case) by the path of the workflow that they cover. */
  readonly workflows: ReadonlyMap<string, ReadonlySet<string>>
  readonly problems: readonly { readonly at: Range; readonly message: string; readonly severity: Severity }[]
}

/** Reads a lock file; what is wrong with it comes as problems. */
export function readLock(file: SourceFile): LockFile {
  const { root } = parseYaml({ ...file, problems: [] })
  const workflows = new Map<string, Set<string>>()
  const problems: { at: Range; message: string; severity: Severity }[] = []
  const version = textOf(root, 'version')
  if (!isMap(root) || (version !== 'v0.0.1' && version !== 'v0.0.2')) {
    problems.push({
      at: { start: 0, end: Math.min(1, file.text.length) },
      message: `The version "${version ?? ''}" of actions.lock is not known; it was not checked.`,
      severity: 'low',
    })
    return { workflows, problems }
  }
  const known = new Set<string>()
  const dependencies = child(root, 'dependencies')
  for (const { key, value } of isMap(dependencies) ? dependencies.entries : []) {
    const pin = /^([^@]+@[^:]+)(?::sha1-([0-9a-f]+))?$/.exec(key.value)
    known.add((pin?.[1] ?? key.value).toLowerCase())
    const commit = (textOf(value, 'commit') ?? '').replace(/^sha1-/, '')
    if (!isCommit(commit)) problems.push({ at: key, message: `The entry "${key.value}" has no full commit.`, severity: 'medium' })
    else if (pin?.[2] !== undefined && pin[2] !== commit)
      problems.push({ at: key, message: `The entry "${key.value}" names another commit than it holds (${commit}).`, severity: 'high' })
    const ref = key.value.split('@')[1]?.split(':')[0] ?? ''
    if (isCommit(ref) && isCommit(commit) && ref !== commit)
      problems.push({
        at: key,
        message: `The entry "${key.value}" is pinned to a commit and locked to another (${commit}).`,
        severity: 'high',
      })
  }
  const listed = child(root, 'workflows')
  for (const { key, value } of isMap(listed) ? listed.entries : []) {
    const pins = new Set<string>()
    for (const scalar of scalarsOf(value)) {
      const name = scalar.value.replace(/:sha1-[0-9a-f]+$/, '').toLowerCase()
      pins.add(name)
      if (!known.has(name)) problems.push({ at: scalar, message: `"${scalar.value}" has no entry under dependencies.`, severity: 'medium' })
    }
    if (isScalar(key)) workflows.set(key.value, pins)
  }
  return { workflows, problems }
}
