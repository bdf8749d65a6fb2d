import { defineDetection } from '../../detection.ts'
import { actorWords, commandWords } from '../../words.ts'

const ENVIRON = /\/proc\/(\d+)\/(?:task\/\d+\/)?environ$/
const RUNNER = /\/Runner\.(?:Worker|Listener)$/

export const siblingEnvironmentRead = defineDetection({
  id: 'sibling-environment-read',
  title: 'A process read the environment of the runner or of another step',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R02', 'S-13'],
  attack: ['T1552.001', 'T1083'],
  remedy: 'Rotate what the other step had in its environment: secrets that a workflow hands to one step are only meant for that step.',
  requires: ['file'],

  match(event, job) {
    if (event.op !== 'read' || event.family !== 'process-environment') return null
    const pid = Number(ENVIRON.exec(event.path)?.[1])
    const target = Number.isNaN(pid) ? undefined : job.byPid(pid)
    if (target === undefined || target.process === event.process || RUNNER.test(event.exe)) return null
    if (target.step === event.step && !RUNNER.test(target.exe)) return null
    return {
      message: `${actorWords(job, event)} read the environment of ${commandWords(target)} (pid ${pid}), which belongs to ${target.step === 0 ? 'the runner' : `step ${target.step}`}.`,
      evidence: { path: event.path, exe: event.exe, targetExe: target.exe, targetStep: target.step },
      key: `${event.process}`,
    }
  },
})
