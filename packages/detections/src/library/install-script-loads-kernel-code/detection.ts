import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'

export const installScriptLoadsKernelCode = defineDetection({
  id: 'install-script-loads-kernel-code',
  title: 'An install script or a freshly written program reached for the kernel',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R14', 'S-27'],
  attack: ['T1014', 'T1547.006'],
  remedy: 'Treat the machine as taken over and rebuild it. No package needs the kernel to be installed.',
  requires: ['system'],

  match(event, job) {
    if (event.op !== 'bpf' && event.op !== 'module' && event.op !== 'kexec' && event.op !== 'userfaultfd') return null
    const phase = job.script(event.process)
    const writer = job.writer({ path: event.exe })
    const fetched = writer !== undefined && writer.contact === 'foreign' && event.op !== 'userfaultfd'
    if ((phase === null && !fetched) || isTool(event.exe, job.process(event.process)?.argv ?? [], 'container-runtime')) return null
    return {
      message: `${actorWords(job, event)}, ${phase === null ? 'a program fetched in this job,' : `run while ${phase.tool} was installing packages,`} called ${event.detail ?? event.op}.`,
      evidence: { call: event.op, exe: event.exe, result: event.result ?? 0, ...(phase === null ? {} : { tool: phase.tool }) },
      key: event.op,
      ...(writer === undefined ? {} : { events: [writer.seq] }),
    }
  },
})
