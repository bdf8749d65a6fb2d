import { rate } from '../../flow/rate.ts'
import { scopeOfStep, scriptEffects } from '../../flow/taint.ts'
import { fileOf } from '../../model/types.ts'
import { sourceRange } from '../../yaml/tree.ts'

import { commandsOf, programOf } from '../../shell/index.ts'
import { defineRule } from '../../rule.ts'

export const argumentInjection = defineRule({
  id: 'argument-injection',
  title: 'Outside text can become options of a program',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'preview',
  since: 2026,
  catalogue: ['A7'],
  cwe: ['CWE-88'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    const effects = scriptEffects(step, scopeOfStep(step))
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      if (!DANGEROUS.has(program)) continue
      for (const [at, arg] of args.entries()) {
        // After `--` nothing is an option, and a word with a fixed beginning is none either.
        if (args.slice(0, at).some((before) => before.text === '--')) break
        const [first] = arg.parts
        if (first?.kind !== 'variable') continue
        const unquoted = first.quote === 'none'
        if (!unquoted && arg.parts.length > 1) continue
        const rated = rate(
          effects.flowsInWord(command, arg).filter((flow) => flow.trust === 'outsider'),
          step,
        )
        if (!rated || rated.level !== 'default' || rated.severity === 'low' || rated.severity === 'info') continue
        const range = sourceRange(run, arg.start, arg.end)
        yield {
          at: range,
          severity: rated.severity === 'critical' ? 'high' : 'low',
          confidence: 'low',
          level: unquoted && rated.severity === 'critical' ? 'default' : 'strict',
          message: `\`${rated.flow.source}\` can begin with a dash here${unquoted ? ', or be several words,' : ''} and give \`${program}\` options that run commands or write files.`,
          trace: [...rated.trace, { role: 'sink', message: `argument of \`${program}\``, file: fileOf(step), range }],
        }
        break
      }
    }
  },
})

/** Programs that an option makes run a command or write a file. Source: GTFOBins. */
const DANGEROUS: ReadonlySet<string> = new Set([
  'awk',
  'gawk',
  'curl',
  'find',
  'git',
  'rsync',
  'sed',
  'tar',
  'wget',
  'xargs',
  'zip',
  'ssh',
  'scp',
  'docker',
  'man',
  'split',
])
