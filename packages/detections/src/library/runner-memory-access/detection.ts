import { defineDetection } from '../../detection.ts'
import { baseName, chainWords } from '../../words.ts'

/** The runner's own processes: their memory holds every secret of the job, masked or not. */
const RUNNER_PROGRAMS: ReadonlySet<string> = new Set(['Runner.Worker', 'Runner.Listener'])

const HOW: Readonly<Record<string, string>> = {
  'open-mem': 'opened its memory through /proc',
  read: 'read its memory',
  write: 'wrote into its memory',
  ptrace: 'attached to it as a debugger',
  'take-fd': 'took one of its file descriptors',
}

export const runnerMemoryAccess = defineDetection({
  id: 'runner-memory-access',
  title: 'A build process reached into the memory of the runner',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R01', 'S-13'],
  attack: ['T1003.007', 'T1055.008'],
  remedy:
    'Treat every secret of this job as stolen: rotate them, then find the package or action behind the process chain and remove it. ' +
    'No ordinary build needs the memory of the runner.',
  requires: ['memory'],

  match(event, job) {
    if (event.targetExe === undefined || !RUNNER_PROGRAMS.has(baseName(event.targetExe))) return null
    const chain = job.chain(event.process)
    // The runner may look at itself.
    if (RUNNER_PROGRAMS.has(baseName(event.exe))) return null
    return {
      message: `${chainWords(chain) || baseName(event.exe)} ${HOW[event.op] ?? 'accessed its memory'}: ${baseName(event.targetExe)} (pid ${event.targetPid}), which holds all secrets of the job.`,
      evidence: {
        op: event.op,
        exe: event.exe,
        targetExe: event.targetExe,
        targetPid: event.targetPid,
        ...(event.path === undefined ? {} : { path: event.path }),
      },
      key: `${event.process}`,
    }
  },
})
