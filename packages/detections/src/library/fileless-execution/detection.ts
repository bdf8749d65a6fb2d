import { defineDetection } from '../../detection.ts'
import { chainWords } from '../../words.ts'

/** Container runtimes execute a sealed copy of themselves from memory, as a defence. */
const SEALED_SELF = /^\/?memfd:(?:runc_cloned|crun)/

export const filelessExecution = defineDetection({
  id: 'fileless-execution',
  title: 'A program was executed from memory, without a file',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R07'],
  attack: ['T1620'],
  remedy: 'Find out which process wrote the program into memory: the chain names it. Ordinary build tools execute files.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || !event.flags?.includes('memfd') || SEALED_SELF.test(event.exe)) return null
    return {
      message: `${chainWords(job.chain(event.process))} executed ${event.exe}, which exists only in memory.`,
      evidence: { exe: event.exe, argv: (event.argv ?? []).join(' ').slice(0, 1_024) },
      key: event.exe,
    }
  },
})
