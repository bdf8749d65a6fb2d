import { defineRule } from '../../rule.ts'
import { baseName, commandsOf, programOf } from '../../shell/index.ts'
import { sourceRange } from '../../yaml/tree.ts'

export const reverseShell = defineRule({
  id: 'reverse-shell',
  title: 'A script hands a shell to another machine',
  severity: 'critical',
  confidence: 'high',
  level: 'default',
  maturity: 'stable',
  since: 2026,
  catalogue: ['F14'],
  cwe: ['CWE-506'],
  cicd: ['CICD-SEC-4'],
  attack: ['T1059.004', 'T1571'],
  fix: 'none',

  *step(step) {
    const { run } = step
    if (!run) return
    for (const command of commandsOf(step)) {
      const { program, args } = programOf(command)
      const words = args.map((arg) => arg.text)
      const found = /^(?:nc|ncat|netcat)(?:\.\w+)?$/.test(program)
        ? words.some((word) => /^-[a-z]*[ec]$|^--(?:exec|sh-exec)$/.test(word)) &&
          words.some((word) => /(?:^|\/)(?:ba|z|da)?sh$|cmd\.exe$/.test(word))
        : program === 'socat'
          ? words.some((word) => /^(?:exec|system):/i.test(word) && /\b(?:ba|z|da)?sh\b/i.test(word)) &&
            words.some((word) => /^(?:tcp|openssl|udp)[46]?:/i.test(word))
          : SHELLS.has(program) &&
            words.some((word) => /^-\w*i$/.test(word)) &&
            command.redirects.some((redirect) => /^\/dev\/(?:tcp|udp)\//.test(redirect.target.text))
      if (found)
        yield {
          at: sourceRange(run, command.start, command.end),
          message: `\`${baseName(program)}\` gives whoever listens at the other end a shell in this job, with its token and secrets.`,
        }
    }
  },
})

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh'])
