import { defineDetection } from '../../detection.ts'
import { actorWords, isLocalNetwork, isLoopback } from '../../words.ts'
import { isPackageHost } from '../../zones.ts'

const WINDOW_US = 120_000_000

export const secretsThenSent = defineDetection({
  id: 'secrets-then-sent',
  title: 'A program read secrets of several systems and then contacted a stranger',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R08', 'S-19'],
  attack: ['T1041', 'T1567'],
  remedy: 'Rotate what is in the evidence and block the host. The same program, in the same two minutes, collected and called.',
  requires: ['network'],

  match(event, job) {
    if ((event.op !== 'connect' && event.op !== 'send') || isLoopback(event.ip) || isLocalNetwork(event.ip) || event.port === 53)
      return null
    if (event.domain !== undefined && isPackageHost(event.domain)) return null
    const process = job.process(event.process)
    if (process === undefined) return null
    const reads = job.secrets(process.tree).filter(({ time }) => event.time - time <= WINDOW_US)
    if (reads.length < 2) return null
    const host = event.domain ?? event.ip
    return {
      message: `${actorWords(job, event)} contacted ${host}:${event.port} after reading credentials of ${reads.map(({ family }) => family).join(' and ')}.`,
      evidence: { host, port: event.port, exe: event.exe, families: reads.map(({ family }) => family).join(' ') },
      key: `${process.tree} ${host}`,
      events: reads.map(({ seq }) => seq),
    }
  },
})
