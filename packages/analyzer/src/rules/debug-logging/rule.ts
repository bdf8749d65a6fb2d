import { unitOf, type Env } from '../../model/types.ts'
import { isScalar, sourceRange } from '../../yaml/tree.ts'
import { defineRule, type Report } from '../../rule.ts'

export const debugLogging = defineRule({
  id: 'debug-logging',
  title: 'Debug logging is always on',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['D16'],
  cwe: ['CWE-532', 'CWE-489'],
  cicd: ['CICD-SEC-6', 'CICD-SEC-10'],
  fix: 'none',

  *workflow({ env }) {
    yield* check(env)
  },
  *job({ env }) {
    yield* check(env)
  },
  *step(step) {
    yield* check(step.env)
    const { run } = step
    if (!run || !unitOf(step)) return
    const written = /\b(ACTIONS_(?:STEP|RUNNER)_DEBUG|RUNNER_DEBUG)=(?:true|1)\b/.exec(run.value)
    if (written && /GITHUB_ENV/.test(run.value))
      yield { at: sourceRange(run, written.index, written.index + written[0].length), message: messageFor(written[1] ?? '') }
  },
})

function* check(env: Env): Generator<Report> {
  for (const name of ['ACTIONS_STEP_DEBUG', 'ACTIONS_RUNNER_DEBUG', 'RUNNER_DEBUG']) {
    const entry = env.variables.get(name)
    if (entry && isScalar(entry.value) && /^(?:true|1)$/i.test(entry.value.value.trim()))
      yield { at: { start: entry.key.start, end: entry.value.end }, message: messageFor(name) }
  }
}

function messageFor(name: string): string {
  return `\`${name}\` makes actions write their inner state to the log in every run, with values that no mask knows.`
}
