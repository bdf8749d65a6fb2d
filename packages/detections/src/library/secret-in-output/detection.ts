import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'

export const secretInOutput = defineDetection({
  id: 'secret-in-output',
  title: 'A secret was written to a log, summary or artifact',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R26'],
  attack: ['T1552'],
  remedy: 'Rotate the secret and delete the log or artifact. Everybody who can read the run can read it.',
  requires: ['file'],

  match(event, job) {
    if (event.contains === undefined || event.op === 'read') return null
    const how = event.contains === 'secret' ? 'a secret' : 'an encoded secret'
    return {
      message: `${actorWords(job, event)} wrote ${how} to ${event.path}.`,
      evidence: { path: event.path, contains: event.contains, exe: event.exe },
      key: event.path,
    }
  },
})
