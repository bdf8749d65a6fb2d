import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'

const LOADS = /PROG_LOAD|LINK_CREATE|RAW_TRACEPOINT|PROG_ATTACH|^bpf$/i

export const kernelCodeLoaded = defineDetection({
  id: 'kernel-code-loaded',
  title: 'Code was loaded into the kernel',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R14'],
  attack: ['T1014', 'T1547.006'],
  remedy: "Find out which tool loads it. Tests of drivers and tracers do; an application's build does not.",
  requires: ['system'],

  match(event, job) {
    if ((event.op !== 'bpf' && event.op !== 'module' && event.op !== 'kexec') || (event.result ?? 0) < 0) return null
    if (event.op === 'bpf' && !LOADS.test(event.detail ?? 'bpf')) return null
    if (event.op === 'module' && /delete_module/.test(event.detail ?? '')) return null
    const process = job.process(event.process)
    // Engines load device filters for every container they start.
    if (event.step === 0 || isTool(event.exe, process?.argv ?? [], 'container-runtime')) return null
    return {
      message: `${actorWords(job, event)} loaded code into the kernel (${event.detail ?? event.op}).`,
      evidence: { call: event.op, exe: event.exe, ...(event.detail === undefined ? {} : { detail: event.detail }) },
      key: `${event.op} ${event.exe}`,
    }
  },
})
