import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'

export const hostNamespaceEntered = defineDetection({
  id: 'host-namespace-entered',
  title: "A step entered the namespaces of the machine's first process",
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R16'],
  attack: ['T1611'],
  remedy: 'Treat the machine as taken over when the step ran in a container.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || (baseName(event.exe) !== 'nsenter' && baseName(event.argv?.[0] ?? '') !== 'nsenter')) return null
    const words = (event.argv ?? []).slice(1, 16).join(' ')
    if (!/(?:^|\s)(?:-t\s*1|--target[= ]1)(?:\s|$)/.test(words)) return null
    return {
      message: `${actorWords(job, event)} entered the namespaces of the machine's first process.`,
      evidence: { argv: `nsenter ${words}`.slice(0, 1_024) },
      key: 'nsenter',
    }
  },
})
