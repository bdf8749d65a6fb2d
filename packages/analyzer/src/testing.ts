/* For tests of rules: reads a rule's page and cases, and runs one rule on one text. Needs Node; never part of the library. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { analyze } from './analyze.ts'
import { defaultConfig, type Config } from './config/types.ts'
import type { Finding } from './finding.ts'
import { applyFixes as applyAll } from './fix/apply.ts'
import { snapshotResolver } from './data/snapshot.ts'
import type { Rule } from './rule.ts'
import type { ScriptChecker } from './script-checker.ts'
import { lineAt, sourceFromText } from './source.ts'

const RULES = fileURLToPath(new URL('rules/', import.meta.url))

export interface Example {
  /** For the test's name: the file of a case, or the position on the page. */
  readonly name: string
  /** Files of the example by path; the one that is looked at comes first. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** 1-based lines of the first file that are marked `# reported`. */
  readonly lines: readonly number[]
}

export interface Page {
  readonly title: string
  readonly text: string
  readonly headings: readonly string[]
  readonly reported: readonly Example[]
  readonly clean: readonly Example[]
  readonly fixed: readonly { readonly name: string; readonly before: string; readonly after: string; readonly path: string }[]
}

export function ruleFolders(): string[] {
  return readdirSync(RULES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/**
 * Reads `rule.md` and `cases/` of a rule. On the page, a block opened by "```yaml reported" is reported on the lines that end in
 * `# reported` (the mark itself is taken out); "```yaml clean" is not reported; "```yaml fixed" is what the reported block
 * before it becomes. `path=…` after the word puts the block elsewhere than in `.github/workflows/test.yml`; blocks "```yaml with
 * path=…" are further files of the block after them. In `cases/`, `x.yml` works as `reported` when it has marks, else as `clean`, and
 * `x.fixed.yml` is what it becomes; the first line may be `# path: …`. A folder in `cases/` is a repository whose files lie as in one.
 */
export function pageOf(rule: Rule): Page {
  const text = readFileSync(`${RULES}${rule.id}/rule.md`, 'utf8')
  const reported: Example[] = []
  const clean: Example[] = []
  const fixed: Page['fixed'][number][] = []
  let others: { path: string; text: string }[] = []
  let last: { path: string; text: string } | undefined
  const blocks = [...text.matchAll(/^```ya?ml (reported|clean|fixed|with)(?: path=(\S+))?\n([\s\S]*?)^```$/gm)]
  for (const [at, [, kind, given, body = '']] of blocks.entries()) {
    const path = given ?? defaultPath(body)
    const name = `example ${at + 1}`
    if (kind === 'with') others.push({ path, text: body })
    else if (kind === 'fixed') {
      if (last) fixed.push({ name, before: last.text, after: body, path: last.path })
    } else {
      const { lines, plain } = marked(body)
      last = { path, text: plain }
      const example = { name, files: [{ path, text: plain }, ...others], lines }
      others = []
      if (kind === 'reported') reported.push(example)
      else clean.push(example)
    }
  }
  readCases(rule, reported, clean, fixed)
  return {
    title: /^# (.+)$/m.exec(text)?.[1] ?? '',
    text,
    headings: [...text.matchAll(/^## (.+)$/gm)].map((match) => match[1] ?? ''),
    reported,
    clean,
    fixed,
  }
}

function readCases(rule: Rule, reported: Example[], clean: Example[], fixed: Page['fixed'][number][]): void {
  const folder = `${RULES}${rule.id}/cases`
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) {
      const files = readdirSync(`${folder}/${entry.name}`, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => {
          const path = `${file.parentPath}/${file.name}`
          return { path: path.slice(`${folder}/${entry.name}/`.length), text: readFileSync(path, 'utf8') }
        })
      // The file with marks is the one that is looked at.
      files.sort((a, b) => Number(marked(b.text).lines.length > 0) - Number(marked(a.text).lines.length > 0))
      const lines = marked(files[0]?.text ?? '').lines
      const example = { name: entry.name, files: files.map(({ path, text }) => ({ path, text: marked(text).plain })), lines }
      if (lines.length > 0) reported.push(example)
      else clean.push(example)
    } else if (/\.ya?ml$/.test(entry.name) && !/\.fixed\.ya?ml$/.test(entry.name)) {
      const text = readFileSync(`${folder}/${entry.name}`, 'utf8')
      const path = /^# path: (\S+)/.exec(text)?.[1] ?? defaultPath(text)
      const { lines, plain } = marked(text)
      const example = { name: entry.name, files: [{ path, text: plain }], lines }
      if (lines.length > 0) reported.push(example)
      else clean.push(example)
      const after = `${folder}/${entry.name.replace(/\.ya?ml$/, '.fixed.yml')}`
      if (existsSync(after)) fixed.push({ name: entry.name, before: plain, after: readFileSync(after, 'utf8'), path })
    }
  }
}

function defaultPath(text: string): string {
  if (/^runs:/m.test(text) && !/^jobs:/m.test(text)) return 'action.yml'
  if (/^updates:/m.test(text)) return '.github/dependabot.yml'
  return '.github/workflows/test.yml'
}

function marked(text: string): { lines: number[]; plain: string } {
  const lines: number[] = []
  const plain = text
    .split('\n')
    .map((line, at) => {
      if (!/\s*# reported\s*$/.test(line)) return line
      lines.push(at + 1)
      return line.replace(/\s*# reported\s*$/, '')
    })
    .join('\n')
  return { lines, plain }
}

/** Findings of one rule on an example, at every level, that lie in the example's first file. */
export function findingsOf(example: Pick<Example, 'files'>, rule: Rule, config: Config = defaultConfig): readonly Finding[] {
  const files = example.files.map(({ path, text }) => ({ path, file: sourceFromText(path, text) }))
  const { findings, errors } = analyze('.', files, {
    rules: [rule],
    config: { ...config, level: 'audit' },
    resolver: snapshotResolver,
    scripts: oneCheck,
  })
  const failure = errors.find((error) => error.problem.message.includes('fault of Gatehouse'))
  if (failure) throw new Error(failure.problem.message)
  return findings.filter((finding) => finding.location.file === files[0]?.file && !finding.suppressed)
}

/** 1-based lines on which a rule reports something, in order. */
export function linesOf(example: Pick<Example, 'files'>, rule: Rule): number[] {
  return [...new Set(findingsOf(example, rule).map((finding) => lineAt(finding.location.file, finding.location.range.start)))].sort(
    (a, b) => a - b,
  )
}

/** The text after all fixes of a rule, and why others were refused. */
export function applyFixes(path: string, text: string, rule: Rule): { text: string; refused: readonly string[] } {
  const file = sourceFromText(path, text)
  const { findings } = analyze('.', [{ path, file }], {
    rules: [rule],
    config: { ...defaultConfig, level: 'audit' },
    resolver: snapshotResolver,
    scripts: oneCheck,
  })
  const result = applyAll(
    file,
    findings.filter((finding) => !finding.suppressed),
  )
  return { text: result.text, refused: result.refused.map((refusal) => refusal.reason) }
}

/** Stands for shellcheck, which need not be installed: it knows the one fault that the page of script-lint shows. */
const oneCheck: ScriptChecker = {
  check: (language, text) =>
    language === 'python'
      ? undefined
      : text.split('\n').flatMap((line, at) => {
          const column = line.search(/(?<=rm -rf )\$\w+/)
          return column === -1
            ? []
            : [
                {
                  tool: 'shellcheck',
                  code: 'SC2086',
                  level: 'note',
                  message: 'Double quote to prevent globbing and word splitting.',
                  line: at + 1,
                  column: column + 1,
                },
              ]
        }),
}
