import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'

export const tracesWiped = defineDetection({
  id: 'traces-wiped',
  title: 'Logs or the history of commands were wiped',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R29', 'R13'],
  attack: ['T1070', 'T1070.003'],
  remedy: 'See what came before: somebody did not want it to be found.',
  requires: ['file', 'process'],

  match(event, job) {
    let what: string
    if (event.kind === 'file') {
      if ((event.op !== 'unlink' && event.op !== 'truncate' && event.op !== 'rename') || (event.result ?? 0) < 0 || event.step === 0)
        return null
      const place = job.place(event.path)
      if (place !== 'history' && place !== 'audit-log' && place !== 'runner-log') return null
      what = `${event.op === 'unlink' ? 'removed' : 'emptied or moved'} ${event.path}`
    } else {
      const words = event.op === 'exec' ? (event.argv ?? []).slice(0, 12).join(' ') : ''
      if (
        !/(?:^|\/)journalctl .*--vacuum-(?:time|size|files)|(?:^|\/)auditctl (?:-D|-e 0)\b|\bhistory -c\b|\bunset HISTFILE\b|\bHISTFILE=\/dev\/null/.test(
          words,
        )
      )
        return null
      what = `ran ${words}`
    }
    if (/\/Runner\.(?:Worker|Listener)$|\/(?:systemd-journald|logrotate|rsyslogd)$/.test(event.exe)) return null
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'system-installer'))) return null
    return {
      message: `${actorWords(job, event)} ${what}.`,
      evidence: { what: what.slice(0, 1_024), exe: event.exe },
      key: what.slice(0, 128),
    }
  },
})
