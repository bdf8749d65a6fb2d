import type { Severity } from '@gatehouse/schema'
import type { Step } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'
import { withoutExpressions, type ScriptLanguage } from '../../script-checker.ts'
import { sourceRange } from '../../yaml/tree.ts'

export const scriptLint = defineRule({
  id: 'script-lint',
  title: 'A script checker finds fault with a script',
  severity: 'low',
  confidence: 'medium',
  level: 'strict',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F11'],
  cwe: ['CWE-710'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step, { scripts }) {
    const language = languageOf(step)
    if (!step.run || !language || !scripts) return
    const text = step.run.value
    const starts = [0]
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    for (const problem of scripts.check(language, withoutExpressions(text)) ?? []) {
      if (NOT_HERE.has(problem.code)) continue
      const start = Math.min((starts[problem.line - 1] ?? 0) + problem.column - 1, Math.max(0, text.length - 1))
      const code = problem.code === '' ? '' : ` ${problem.code}`
      yield {
        at: sourceRange(step.run, start, start + 1),
        severity: SEVERITY[problem.level],
        message: `${problem.tool}${code}: ${problem.message}`,
      }
    }
  },
})

const SEVERITY: Readonly<Record<'error' | 'warning' | 'note', Severity>> = { error: 'medium', warning: 'low', note: 'info' }

/** What is wrong in a file but right in a step: variables of `env`, constants that were expressions, files of the runner. */
const NOT_HERE: ReadonlySet<string> = new Set([
  'SC1090',
  'SC1091',
  'SC2034',
  'SC2043',
  'SC2050',
  'SC2148',
  'SC2153',
  'SC2154',
  'SC2157',
  'SC2194',
])

function languageOf({ shell }: Step): ScriptLanguage | undefined {
  return shell === 'bash' || shell === 'sh' || shell === 'python' ? shell : undefined
}
