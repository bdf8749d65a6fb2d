import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isActionsService } from '../../hosts.ts'

export const runtimeTokenMisused = defineDetection({
  id: 'runtime-token-misused',
  title: "An install script used the job's identity or cache service",
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R22', 'S-13'],
  attack: ['T1528', 'T1550.001'],
  remedy: "Remove the package. It holds the runner's own token, which publishes packages and poisons caches in your name.",
  requires: ['network', 'http'],

  match(event, job) {
    const host = event.kind === 'http' ? event.host : event.domain
    if (host === undefined || !isActionsService(host) || (event.kind === 'network' && event.op !== 'connect' && event.op !== 'send'))
      return null
    const phase = job.script(event.process)
    if (phase === null) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} talked to ${host}, a service for actions.`,
      evidence: { host, exe: event.exe, tool: phase.tool, ...(event.kind === 'http' ? { path: event.path } : {}) },
      key: host,
    }
  },
})
