import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

const GROUPS = /^(?:sudo|wheel|admin)$/

export const sudoRulesChanged = defineDetection({
  id: 'sudo-rules-changed',
  title: 'The rules of who may become root were changed',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R12', 'S-14'],
  attack: ['T1548.003'],
  remedy: 'Treat the machine as taken over. Ordinary builds use the rules they find; on self-hosted runners rebuild the machine.',
  requires: ['file', 'process'],

  match(event, job) {
    let what: string
    if (event.kind === 'file') {
      const path = event.op === 'unlink' || event.op === 'chmod' ? event.path : writtenPath(event)
      if (path === null || (event.result ?? 0) < 0 || job.place(path) !== 'sudoers') return null
      what = `changed ${path}`
    } else {
      const argv = event.op === 'exec' ? (event.argv ?? []) : []
      if (
        !/^(?:usermod|gpasswd|adduser|addgroup)$/.test(baseName(event.exe)) &&
        !/(?:^|\/)(?:usermod|gpasswd|adduser)$/.test(argv[0] ?? '')
      )
        return null
      const group = argv
        .slice(1)
        .flatMap((argument) => argument.split(','))
        .find((argument) => GROUPS.test(argument))
      if (group === undefined || argv.includes('-d') || argv.includes('--delete')) return null
      what = `added somebody to the group ${group}`
    }
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'system-installer'))) return null
    return {
      message: `${actorWords(job, event)} ${what}.`,
      evidence: { what, exe: event.exe },
      key: what,
    }
  },
})
