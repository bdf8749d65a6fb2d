import { isCommit } from '../../model/uses.ts'
import { fileOf } from '../../model/types.ts'
import { numbersOf, versionComment } from '../../model/version-comment.ts'
import { defineRule } from '../../rule.ts'

export const versionCommentMismatch = defineRule({
  id: 'version-comment-mismatch',
  title: 'A pin is not the version that its comment says',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E6'],
  cwe: ['CWE-345'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1195.001'],
  fix: 'review',

  *uses(uses, place, { resolver }) {
    if (uses.kind !== 'repository' || !isCommit(uses.ref)) return
    const said = versionComment(uses, place)
    const tags = said && resolver.repository(uses.slug)?.tags
    if (!said || !tags) return
    const wanted = numbersOf(said.version)
    const commit = uses.ref.toLowerCase()
    const names = [...tags].filter(([, at]) => at === commit).map(([tag]) => tag)
    if (names.some((name) => startsWith(numbersOf(name), wanted))) return
    // `# v4` names a tag that moves: a commit without a tag may have been it once.
    const exact = tags.get(said.version) ?? tags.get(`v${said.version}`) ?? tags.get(said.version.replace(/^v/i, ''))
    if (wanted.length < 3 && names.length === 0) return
    if (names.length === 0 && exact === undefined) return
    const real = names.toSorted((a, b) => b.length - a.length)[0]
    const file = fileOf(place)
    yield {
      at: uses.node,
      severity: real === undefined ? 'medium' : 'low',
      message:
        real === undefined
          ? `The comment says ${said.version}, but ${uses.slug} has that tag at ${(exact ?? '').slice(0, 12)}, not here; no known tag points at this commit.`
          : `The comment says ${said.version}, but this commit is ${real} of ${uses.slug}: who reads or updates by the comment is misled.`,
      trace: [{ role: 'path', message: `the comment says ${said.version}`, file, range: said.range }],
      fix: () =>
        real === undefined
          ? { refused: 'Which of the two is meant is for you to say: the commit or the version.' }
          : {
              safety: 'review',
              title: `Write ${real} into the comment`,
              caution: 'The commit stays as it is; if the comment was right, change the commit instead.',
              edits: [{ ...said.range, text: real }],
            },
    }
  },
})

function startsWith(version: readonly number[], beginning: readonly number[]): boolean {
  return version.length >= beginning.length
    ? beginning.every((number, at) => version[at] === number)
    : version.length > 0 && version.every((number, at) => beginning[at] === number)
}
