import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

const STAYS: ReadonlySet<string> = new Set([
  'system-unit',
  'user-unit',
  'cron',
  'autostart',
  'authorized-keys',
  'preload',
  'container-escape',
])

export const persistencePlanted = defineDetection({
  id: 'persistence-planted',
  title: 'A step made something start again later',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R25'],
  attack: ['T1543', 'T1053.003', 'T1574.006'],
  remedy: 'Right for a step that sets up the machine, wrong for one that builds. See what is started.',
  requires: ['file'],

  match(event, job) {
    const path = writtenPath(event)
    if (path === null || event.step === 0) return null
    const place = job.place(path)
    if (place === undefined || !STAYS.has(place) || job.script(event.process) !== null) return null
    if (
      job
        .chain(event.process)
        .some((link) => isTool(link.exe, link.argv, 'system-installer') || isTool(link.exe, link.argv, 'container-runtime'))
    )
      return null
    if (isTool(event.exe, [], 'git') || /(?:^|\/)system(?:ctl|d)$/.test(event.exe)) return null
    return {
      message: `${actorWords(job, event)} wrote ${path}, which is run again later.`,
      evidence: { path, place, exe: event.exe },
      key: path,
    }
  },
})
