import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

export const gitHookPlanted = defineDetection({
  id: 'git-hook-planted',
  title: 'A git hook was written by something that is no hook manager',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R25'],
  attack: ['T1546'],
  remedy: 'Read the hook: git runs it at the next commit, checkout or push.',
  requires: ['file'],

  match(event, job) {
    const path = writtenPath(event)
    if (path === null || job.place(path) !== 'git-hook') return null
    if (job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'git') || isTool(link.exe, link.argv, 'hook-manager')))
      return null
    return { message: `${actorWords(job, event)} wrote the git hook ${path}.`, evidence: { path, exe: event.exe }, key: path }
  },
})
