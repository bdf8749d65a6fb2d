import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'

export const machineMemoryRead = defineDetection({
  id: 'machine-memory-read',
  title: 'The memory of the whole machine was opened',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R14'],
  attack: ['T1003'],
  remedy: "Rotate every secret of the job: the machine's memory holds those of the runner too.",
  requires: ['file'],

  match(event, job) {
    if (event.op === 'unlink' || event.op === 'chmod' || (event.result ?? 0) < 0 || event.step === 0) return null
    if (job.place(event.path) !== 'physical-memory') return null
    return {
      message: `${actorWords(job, event)} opened ${event.path}.`,
      evidence: { path: event.path, op: event.op, exe: event.exe },
      key: event.path,
    }
  },
})
