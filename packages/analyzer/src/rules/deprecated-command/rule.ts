import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const deprecatedCommand = defineRule({
  id: 'deprecated-command',
  title: 'A workflow command that is going away',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F2'],
  cwe: ['CWE-477'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    for (const match of run.value.matchAll(/::(set-output|save-state|set-env|add-path)\b/g)) {
      const gone = match[1] === 'set-env' || match[1] === 'add-path'
      yield {
        at: sourceRange(run, match.index, match.index + match[0].length),
        severity: gone ? 'medium' : 'low',
        level: gone ? 'default' : 'strict',
        message: gone
          ? `\`${match[0]}\` does nothing since 2020, unless insecure commands are switched on.`
          : `\`${match[0]}\` is deprecated: whatever a program prints can set outputs.`,
      }
    }
  },
})
