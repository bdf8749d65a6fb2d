import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

export const workHandedToTheSystem = defineDetection({
  id: 'work-handed-to-the-system',
  title: 'A step handed work to a service of the machine',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R16'],
  attack: ['T1543.002', 'T1053'],
  remedy: 'Look at what was started: it is no child of the step any more, so it may outlive it and escape its limits.',
  requires: ['process', 'file'],

  match(event, job) {
    let what: string | null = null
    if (event.kind === 'file') {
      const path = writtenPath(event)
      if (path === null || job.place(path) !== 'cgroup-control' || isTool(event.exe, [], 'container-runtime')) return null
      what = `wrote ${path}`
    } else if (event.op === 'exec') {
      const [name = '', ...rest] = event.argv ?? []
      const tool = baseName(name)
      const words = rest.slice(0, 16).join(' ')
      if (tool === 'systemd-run' && !/--scope\b/.test(words)) what = `ran systemd-run ${words}`
      else if ((tool === 'at' || tool === 'batch') && !/^-(?:l|V|c|r)\b/.test(words)) what = `ran ${tool} ${words}`
      else if (tool === 'crontab' && !/(?:^|\s)-(?:l|r)(?:\s|$)/.test(words)) what = `ran crontab ${words}`
      else if (tool === 'busctl' && /StartTransientUnit/.test(words)) what = 'asked systemd for a unit'
      else if (tool === 'loginctl' && /enable-linger/.test(words)) what = 'asked to keep services after logout'
    }
    if (
      what === null ||
      job
        .chain(event.process)
        .some((link) => isTool(link.exe, link.argv, 'system-installer') || isTool(link.exe, link.argv, 'container-runtime'))
    )
      return null
    return {
      message: `${actorWords(job, event)} ${what}.`,
      evidence: { what: what.slice(0, 1_024), exe: event.exe },
      key: what.slice(0, 128),
    }
  },
})
