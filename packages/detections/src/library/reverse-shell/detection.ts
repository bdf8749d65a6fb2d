import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'

const SHELL_TEXT =
  /\/dev\/(?:tcp|udp)\/[^\s;]+\s+(?:0>&1|0<&1|<&1)|(?:ba|z|k)?sh\s+-i\s*[>&<\d]*\s*\/dev\/(?:tcp|udp)\/|exec\s+\d+<>\s*\/dev\/(?:tcp|udp)\/[\s\S]*(?:sh|cat)\s*<&|\b(?:nc|ncat|netcat)\b[^|;&]*\s-[a-z]*[ec]\s*(?:\S*\/)?(?:ba|z|k)?sh\b|\bsocat\b[^|;]*\bexec:["']?(?:\S*\/)?(?:ba|z|k)?sh\b|dup2\([^)]*fileno\(\)[\s\S]*(?:\/bin\/|pty\.spawn)|mkfifo\s[^|]*\|[^|]*sh\s+-i[^|]*\|\s*(?:nc|ncat|openssl)\b/i

export const reverseShell = defineDetection({
  id: 'reverse-shell',
  title: 'A shell was connected to the network',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R15'],
  attack: ['T1059.004', 'T1095'],
  remedy: 'Cut the machine off. Somebody may be typing in it. Rotate everything the job could read.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec') return null
    const argv = event.argv ?? []
    const connected =
      (event.stdio ?? []).filter((kind) => kind === 'internet-socket').length >= 2 &&
      isTool(event.exe, argv, 'interpreter') &&
      argv.length <= 3
    // `socat` and `nc` say it in their arguments, interpreters in their code.
    const words = argv.slice(0, 16).join(' ')
    if (!connected && !SHELL_TEXT.test(words)) return null
    return {
      message: `${actorWords(job, event)} connected a shell to the network.`,
      evidence: { exe: event.exe, argv: words.slice(0, 1_024), ...(event.stdio === undefined ? {} : { stdio: event.stdio.join(' ') }) },
      key: String(job.process(event.process)?.tree ?? event.process),
    }
  },
})
