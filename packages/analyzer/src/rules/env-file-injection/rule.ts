import { rate } from '../../flow/rate.ts'
import { scopeOfStep, scriptEffects } from '../../flow/taint.ts'
import { fileOf } from '../../model/types.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const envFileInjection = defineRule({
  id: 'env-file-injection',
  title: 'Outside text is written to the environment of later steps',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A4', 'A5'],
  cwe: ['CWE-77', 'CWE-74'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1574'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run || !/GITHUB_(?:ENV|PATH)/.test(run.value)) return
    for (const write of scriptEffects(step, scopeOfStep(step)).writes) {
      if (write.file === 'GITHUB_OUTPUT') continue
      // A variable is set by a line of its own, so only what can hold a line break sets others.
      const flows = write.flows.filter((flow) => write.file === 'GITHUB_PATH' || (!write.oneLine && MULTILINE.has(flow.kind)))
      const rated = rate(flows, step)
      if (!rated) continue
      const at = sourceRange(run, write.command.start, write.command.end)
      const what =
        write.file === 'GITHUB_PATH'
          ? 'chooses which programs later steps run'
          : 'can set any variable, such as `NODE_OPTIONS` or `LD_PRELOAD`, for all later steps'
      yield {
        at,
        severity: rated.severity,
        confidence: rated.confidence === 'high' ? 'medium' : 'low',
        level: rated.level,
        message: `\`${rated.flow.source}\` is written to ${write.file} and ${what}: ${rated.because}.`,
        trace: [...rated.trace, { role: 'sink', message: `written to ${write.file}`, file: fileOf(step), range: at }],
      }
    }
  },
})

/** Kinds that can hold line breaks; a title, a branch and a name cannot. */
const MULTILINE: ReadonlySet<string> = new Set(['text', 'json', 'input', 'path'])
