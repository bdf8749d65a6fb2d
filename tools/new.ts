/*
 * `npm run new -- rule|detection ID`: a folder with everything a rule or detection must have, registered, so that `npm test`
 * names what is left to write.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from './root.ts'

interface Scaffold {
  readonly folder: string
  readonly files: (id: string, name: string) => Readonly<Record<string, string>>
  /** The new text of index.ts, with the entry in its alphabetical place. */
  readonly register: (index: string, id: string, name: string) => string
}

const SCAFFOLDS: Readonly<Record<string, Scaffold>> = {
  detection: {
    folder: 'packages/detections/src/library',
    files: (id, name) => ({ 'detection.ts': detectionSource(id, name), 'detection.md': detectionPage(), 'cases.ts': detectionCases() }),
    register: (index, id, name) => registered(index, `./${id}/detection.ts`, name),
  },
  rule: {
    folder: 'packages/analyzer/src/rules',
    files: (id, name) => ({ 'rule.ts': ruleSource(id, name), 'rule.md': rulePage() }),
    register: (index, id, name) => registered(index, `./${id}/rule.ts`, name),
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2), ROOT)

/** Returns the exit code: 0 made, 2 wrong arguments. `root` is the root of the repository to write into. */
export function main(argv: readonly string[], root: string): number {
  const [kind = '', id = ''] = argv
  const scaffold = SCAFFOLDS[kind]
  if (scaffold === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
    console.error(
      `usage: npm run new -- ${Object.keys(SCAFFOLDS).join('|')} ID   (ID in kebab-case, two words or more, such as reads-sudoers)`,
    )
    return 2
  }
  const folder = path.join(root, scaffold.folder, id)
  if (existsSync(folder)) {
    console.error(`${scaffold.folder}/${id} exists`)
    return 2
  }
  const name = id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of Object.entries(scaffold.files(id, name))) writeFileSync(path.join(folder, file), text)
  const index = path.join(root, scaffold.folder, 'index.ts')
  writeFileSync(index, scaffold.register(readFileSync(index, 'utf8'), id, name))
  console.log(`made ${scaffold.folder}/${id} and registered it; npm test now says what is missing`)
  return 0
}

/** The registry with one entry more: its import and its place in the list. */
function registered(index: string, module: string, name: string): string {
  const imported = sortedLines(index, /^import \{ .* from '\.\//, `import { ${name} } from '${module}'`)
  return sortedLines(imported, /^ {2}\w+,$/, `  ${name},`)
}

/** Inserts `line` among the lines that match `pattern`, in alphabetical order. They must be one block. */
function sortedLines(text: string, pattern: RegExp, line: string): string {
  const lines = text.split('\n')
  const block = lines.flatMap((one, at) => (pattern.test(one) ? [at] : []))
  const before = block.find((at) => (lines[at] ?? '') > line) ?? (block.at(-1) ?? -1) + 1
  return lines.toSpliced(before, 0, line).join('\n')
}

function detectionSource(id: string, name: string): string {
  return `import { defineDetection } from '../../detection.ts'

export const ${name} = defineDetection({
  id: '${id}',
  title: 'Say what was found, in a few words',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  // Rows of the detection catalogue (R…) and incidents (S-…), and ATT&CK techniques.
  catalogue: [],
  attack: [],
  remedy: 'Say what to do about it.',
  requires: ['process'],

  match() {
    return null
  },
})
`
}

function detectionPage(): string {
  return `# Say what was found, in a few words

Why it matters, for a person who has never heard of it.

## What it sees

## What it misses

## Triage

## Sources
`
}

function detectionCases(): string {
  return `import type { Case } from '../../testing.ts'

/** At least one that fires and one that must stay silent, the likeliest false alarm first. */
export const cases: readonly Case[] = []
`
}

function ruleSource(id: string, name: string): string {
  return `import { defineRule } from '../../rule.ts'

export const ${name} = defineRule({
  id: '${id}',
  title: 'Say what is wrong, in a few words',
  severity: 'medium',
  confidence: 'medium',
  level: 'default',
  maturity: 'preview',
  since: ${new Date().getUTCFullYear()},
  // Rows of the catalogue of known weaknesses, CWE ids and OWASP CI/CD risks.
  catalogue: [],
  cwe: [],
  cicd: [],
  fix: 'none',

  *step(_step) {
    // Yield { at, message } for each place.
  },
})
`
}

function rulePage(): string {
  return `# Say what is wrong, in a few words

Why it matters, for a person who does not know Actions well.

## Exploit

## Reported

## Remediation

## Not reported

## When it is a false positive

## What it misses

## Sources
`
}
