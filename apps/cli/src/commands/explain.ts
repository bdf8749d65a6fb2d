/* `gatehouse explain RULE`. */
import { rules } from '@gatehouse/analyzer'
import { ExitCode } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { pageOf } from '../pages.ts'

export function explain(argv: readonly string[], io: Io): ExitCode {
  const [id, ...more] = argv
  if (id === undefined || more.length > 0) {
    io.stderr(`usage: gatehouse explain RULE\nrules: ${rules.map((rule) => rule.id).join(', ')}\n`)
    return ExitCode.Usage
  }
  const rule = rules.find((one) => one.id === id)
  if (!rule) {
    const near = rules.filter((one) => one.id.includes(id) || one.catalogue.includes(id.toUpperCase())).map((one) => one.id)
    io.stderr(`gatehouse explain: there is no rule "${id}"${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}\n`)
    return ExitCode.Usage
  }
  // The marks are for the tests.
  const page = pageOf(id)
    .replace(/^```ya?ml \w+.*$/gm, '```yaml')
    .replace(/[ \t]+# reported$/gm, '  # ← reported')
  const facts = [
    `severity ${rule.severity}`,
    `confidence ${rule.confidence}`,
    `level ${rule.level}`,
    `fix ${rule.fix}`,
    ...rule.cwe,
    ...rule.cicd,
    `catalogue ${rule.catalogue.join(', ')}`,
  ]
  io.stdout(`${page.trimEnd()}\n\n---\n${rule.id}: ${facts.join(' · ')}\n`)
  return ExitCode.Ok
}
