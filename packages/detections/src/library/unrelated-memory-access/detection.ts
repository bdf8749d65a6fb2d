import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isTool } from '../../programs.ts'

export const unrelatedMemoryAccess = defineDetection({
  id: 'unrelated-memory-access',
  title: 'A process reached into the memory of a compiler or of another step',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R01', 'S-02'],
  attack: ['T1055.008', 'T1003.007'],
  remedy:
    'Find out why a process of one step looks into another. A compiler that is watched is how a build was once made to compile other sources than the checked-out ones: compare the artifact with a clean build.',
  requires: ['memory'],

  match(event, job) {
    const target = event.target === 0 ? undefined : job.process(event.target)
    // The runner has a detection of its own, and one cause is one finding.
    if (target === undefined || event.target === event.process || /\/Runner\.(?:Worker|Listener)$/.test(target.exe)) return null
    const stranger = target.step !== event.step && target.step !== 0 && event.step !== 0
    const compiler = isTool(target.exe, target.argv, 'compiler') && !isTool(event.exe, job.process(event.process)?.argv ?? [], 'debugger')
    // A tool that starts the compiler itself may trace it; build observers work like that.
    if (!stranger && (!compiler || job.chain(event.target).some(({ process }) => process === event.process))) return null
    return {
      message: `${actorWords(job, event)} reached into the memory of ${baseName(target.exe)} (pid ${event.targetPid}), which ${stranger ? `belongs to step ${target.step}` : 'was compiling'}.`,
      evidence: { op: event.op, exe: event.exe, targetExe: target.exe, targetPid: event.targetPid, targetStep: target.step },
      key: `${event.process} ${baseName(target.exe)}`,
    }
  },
})
