import { defineRule } from '../../rule.ts'
import { quoteAt, scriptOf } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'

const COMMAND = /::(set-output|save-state|set-env|add-path)(?=\s+name=|::)/g
const INSTEAD: Readonly<Record<string, string>> = {
  'set-output': 'GITHUB_OUTPUT',
  'save-state': 'GITHUB_STATE',
  'set-env': 'GITHUB_ENV',
  'add-path': 'GITHUB_PATH',
}

export const deprecatedCommand = defineRule({
  id: 'deprecated-command',
  title: 'A script gives the runner orders on its output',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F2'],
  cwe: ['CWE-477', 'CWE-77'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run?.value.includes('::')) return
    const script = scriptOf(step)
    for (const match of run.value.matchAll(COMMAND)) {
      if (quoteAt(script, match.index) === 'comment') continue
      const name = match[1] ?? ''
      const gone = name === 'set-env' || name === 'add-path'
      yield {
        at: sourceRange(run, match.index, match.index + match[0].length),
        severity: gone ? 'medium' : 'low',
        level: gone ? 'default' : 'strict',
        message: gone
          ? `\`::${name}::\` fails the step on every current runner; write to \`$${INSTEAD[name] ?? ''}\`.`
          : `\`::${name}::\` is deprecated, since whatever else the step prints can give the same order; write to \`$${INSTEAD[name] ?? ''}\`.`,
      }
    }
  },
})
