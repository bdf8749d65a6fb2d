import { rate } from '../../flow/rate.ts'
import { scopeOfStep, scriptEffects } from '../../flow/taint.ts'
import { fileOf } from '../../model/types.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const outputClobbering = defineRule({
  id: 'output-clobbering',
  title: 'Outside text can set other outputs of the step',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A6'],
  cwe: ['CWE-74'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run || !run.value.includes('GITHUB_OUTPUT')) return
    for (const write of scriptEffects(step, scopeOfStep(step)).writes) {
      if (write.file !== 'GITHUB_OUTPUT' || write.oneLine) continue
      const rated = rate(
        write.flows.filter((flow) => MULTILINE.has(flow.kind) && flow.trust === 'outsider'),
        step,
      )
      if (!rated) continue
      const at = sourceRange(run, write.command.start, write.command.end)
      yield {
        at,
        severity: rated.severity === 'critical' || rated.severity === 'high' ? 'medium' : 'low',
        confidence: 'medium',
        level: rated.level === 'default' && rated.severity !== 'low' ? 'default' : 'strict',
        message: `\`${rated.flow.source}\` is written to GITHUB_OUTPUT as it is; with a line break it sets other outputs, on which later steps rely.`,
        trace: [...rated.trace, { role: 'sink', message: 'written to GITHUB_OUTPUT', file: fileOf(step), range: at }],
      }
    }
  },
})

const MULTILINE: ReadonlySet<string> = new Set(['text', 'json'])
