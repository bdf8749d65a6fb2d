import { rate } from '../../flow/rate.ts'
import { scopeOfStep, scriptEffects } from '../../flow/taint.ts'
import { fileOf } from '../../model/types.ts'
import { sourceRange } from '../../yaml/tree.ts'

import { commandsOf, programOf, type Command, type Word } from '../../shell/index.ts'
import type { Step } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const shellEval = defineRule({
  id: 'shell-eval',
  title: 'A variable with outside text is evaluated as code',
  severity: 'high',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['A8'],
  cwe: ['CWE-78', 'CWE-95'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run || !EVALUATES.test(run.value)) return
    const effects = scriptEffects(step, scopeOfStep(step))
    for (const command of commandsOf(step)) {
      const word = evaluatedWords(command)
      if (word.length === 0) continue
      // `eval` reads its words again even when they were quoted, so an expression in `env` does not help here.
      const rated = rate(
        word.flatMap((one) => effects.flowsInWord(command, one)),
        step,
      )
      const at = sourceRange(run, command.start, command.end)
      if (rated) {
        yield {
          at,
          severity: rated.severity,
          confidence: rated.confidence,
          level: rated.level,
          message: `\`${programOf(command).program}\` evaluates \`${rated.flow.source}\` as code, quoted or not: ${rated.because}.`,
          trace: [...rated.trace, { role: 'sink', message: 'evaluated as code', file: fileOf(step), range: at }],
        }
      }
    }
    for (const write of sourcedExports(step)) {
      const rated = rate(
        commandsOf(step).flatMap((command) => (command === write ? command.words.flatMap((one) => effects.flowsInWord(command, one)) : [])),
        step,
      )
      const at = sourceRange(run, write.start, write.end)
      yield {
        at,
        severity: rated?.severity ?? 'medium',
        confidence: rated ? 'medium' : 'low',
        level: rated?.level ?? (step.action ? 'default' : 'strict'),
        message: 'A value is written unquoted into a file of `export` lines; whoever sources that file runs what the value holds.',
        ...(rated
          ? { trace: [...rated.trace, { role: 'sink' as const, message: 'written as shell code', file: fileOf(step), range: at }] }
          : {}),
      }
    }
  },
})

const EVALUATES = /\beval\b|\b(?:ba|z|da)?sh\s+-\w*c\b|\bsu\s.*-c\b|\bssh\s|Invoke-Expression|\biex\b|\bexport\s/

/** The words of a command that some interpreter reads as code. */
function evaluatedWords(command: Command): readonly Word[] {
  const { program, args } = programOf(command)
  if (program === 'eval' || /^(?:Invoke-Expression|iex)$/i.test(program)) return args
  if (/^(?:ba|z|da|k)?sh$|^su$|^pwsh$/.test(program)) {
    const at = args.findIndex((arg) => /^-\w*c$/.test(arg.text) || /^-Command$/i.test(arg.text))
    const code = at === -1 ? undefined : args[at + 1]
    // Single quotes keep the variable for the inner shell, which expands it as a value.
    return code?.parts.some((part) => part.kind === 'variable' || part.kind === 'expression') ? [code] : []
  }
  return []
}

/** `echo "export X=$Y" >> file`, which somebody will source. */
function sourcedExports(step: Step): Command[] {
  return commandsOf(step).filter((command) => {
    const { program, args } = programOf(command)
    const text = args.map((arg) => arg.text).join(' ')
    return (
      (program === 'echo' || program === 'printf') &&
      /^export \S*=[^'"\\]*\$\w/.test(text) &&
      command.redirects.some((redirect) => redirect.operator.includes('>') && !/GITHUB_|bashrc|profile/.test(redirect.target.text)) &&
      !/%q/.test(text)
    )
  })
}
