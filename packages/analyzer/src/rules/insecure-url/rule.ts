import { commandsOf, programOf } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'
import { defineRule } from '../../rule.ts'

export const insecureUrl = defineRule({
  id: 'insecure-url',
  title: 'Something is fetched without encryption',
  severity: 'medium',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E17'],
  cwe: ['CWE-319'],
  cicd: ['CICD-SEC-3'],
  attack: ['T1557'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run || !/\b(?:http|git|ftp):\/\//.test(run.value)) return
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      if (!/^(?:curl|wget|git|pip3?|npm|yarn|gem|go|apt-get|apt|add-apt-repository|rpm|yum|dnf|aria2c|docker)$/.test(program)) continue
      for (const arg of args) {
        const url = /\b(?:http|git|ftp):\/\/([^\s/"':$]+)/.exec(arg.text)
        if (!url || LOCAL.test(url[1] ?? '') || arg.text.includes('://$')) continue
        yield {
          at: sourceRange(run, arg.start, arg.end),
          severity: program === 'apt-get' || program === 'apt' || program === 'add-apt-repository' ? 'low' : 'medium',
          message: `\`${url[0].slice(0, 100)}\` can be answered by anybody on the way.`,
        }
        // One command is one download script; its further addresses say nothing new.
        break
      }
    }
  },
})

/** This machine, a service container, or a name that stands for documentation. */
const LOCAL =
  /^(?:localhost|127\.|0\.0\.0\.0|\[::1?\]|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|host\.docker\.internal|[\w-]+(?::\d+)?$)/
