import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

const STAYS: ReadonlySet<string> = new Set(['system-unit', 'user-unit', 'cron', 'shell-start', 'autostart', 'authorized-keys', 'preload'])

export const persistenceByInstall = defineDetection({
  id: 'persistence-by-install',
  title: 'An install script made itself start again',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R25', 'S-10', 'S-20', 'S-28', 'S-29'],
  attack: ['T1543.002', 'T1546.004', 'T1053.003', 'T1574.006'],
  remedy: 'Remove what was written, then the package. On a machine that is used again, rebuild it.',
  requires: ['file'],

  match(event, job) {
    const path = writtenPath(event)
    if (path === null) return null
    const place = job.place(path)
    if (place === undefined || !STAYS.has(place)) return null
    const phase = job.script(event.process)
    if (phase === null || job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'system-installer'))) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} wrote ${path}, which is run again later.`,
      evidence: { path, place, exe: event.exe, tool: phase.tool },
      key: path,
    }
  },
})
