import { rate } from '../../flow/rate.ts'
import { scopeOfStep, scriptEffects } from '../../flow/taint.ts'
import { fileOf } from '../../model/types.ts'
import { sourceRange } from '../../yaml/tree.ts'

import { commandsOf, programOf } from '../../shell/index.ts'
import { defineRule } from '../../rule.ts'

export const requestForgery = defineRule({
  id: 'request-forgery',
  title: 'An outsider chooses where a request goes',
  severity: 'low',
  confidence: 'high',
  level: 'default',
  maturity: 'preview',
  since: 2026,
  catalogue: ['A9'],
  cwe: ['CWE-918'],
  cicd: ['CICD-SEC-4'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    const effects = scriptEffects(step, scopeOfStep(step))
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      if (!/^(?:curl|wget|http|https|xh|Invoke-WebRequest|Invoke-RestMethod|iwr|irm)$/i.test(program)) continue
      const url = args.find(
        (arg, at) =>
          !arg.text.startsWith('-') &&
          !/^-(?:[XHduoFA]|-(?:request|header|data\S*|user|output|form|url-query))$/.test(args[at - 1]?.text ?? ''),
      )
      const [first] = url?.parts ?? []
      // Only the host decides where the request goes.
      if (!url || (first?.kind !== 'variable' && first?.kind !== 'expression')) continue
      const rated = rate(
        effects.flowsInWord(command, url).filter((flow) => flow.trust === 'outsider'),
        step,
      )
      if (!rated) continue
      const at = sourceRange(run, url.start, url.end)
      yield {
        at,
        severity: rated.severity === 'critical' ? 'medium' : 'low',
        level: rated.level === 'default' && rated.severity === 'critical' ? 'default' : 'strict',
        confidence: 'medium',
        message: `\`${rated.flow.source}\` chooses the address that \`${program}\` asks from inside of the job’s network: ${rated.because}.`,
        trace: [...rated.trace, { role: 'sink', message: 'address of a request', file: fileOf(step), range: at }],
      }
    }
  },
})
