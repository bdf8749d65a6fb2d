import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

export const nameResolutionChanged = defineDetection({
  id: 'name-resolution-changed',
  title: 'How the machine resolves names was changed',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R13', 'S-14'],
  attack: ['T1565.001', 'T1562.001'],
  remedy: 'See which names point elsewhere now. Builds add entries for tests; malware sends registries to itself or around a filter.',
  requires: ['file', 'process'],

  match(event, job) {
    let what: string
    if (event.kind === 'file') {
      const path = writtenPath(event)
      if (path === null || job.place(path) !== 'resolver') return null
      what = `changed ${path}`
    } else {
      const words = event.op === 'exec' ? (event.argv ?? []).slice(0, 8).join(' ') : ''
      if (
        !/(?:^|\/)resolvectl (?:dns|domain|default-route)\b|(?:^|\/)systemctl (?:\S+ )*(?:stop|disable|mask|kill) (?:\S+ )*systemd-resolved/.test(
          words,
        )
      )
        return null
      what = `ran ${words}`
    }
    if (
      job
        .chain(event.process)
        .some((link) => isTool(link.exe, link.argv, 'system-installer') || isTool(link.exe, link.argv, 'container-runtime'))
    )
      return null
    return { message: `${actorWords(job, event)} ${what}.`, evidence: { what, exe: event.exe }, key: what }
  },
})
