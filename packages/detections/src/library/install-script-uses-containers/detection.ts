import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { looksLike } from '../../programs.ts'

const SOCKET = /\/(?:docker|containerd|podman|buildkitd|crio)\.sock$/

export const installScriptUsesContainers = defineDetection({
  id: 'install-script-uses-containers',
  title: 'An install script used the container engine',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R10', 'S-14'],
  attack: ['T1611', 'T1610'],
  remedy: 'Remove the package: access to the container engine is root on the machine. Find what the container did.',
  requires: ['process', 'system'],

  match(event, job) {
    const client = event.kind === 'process' && event.op === 'exec' && looksLike(event.exe, event.argv ?? [], 'container-client')
    const socket = event.kind === 'system' && event.op === 'unix-connect' && SOCKET.test(event.path ?? '')
    if (!client && !socket) return null
    const phase = job.script(event.process)
    if (phase === null) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} used the container engine.`,
      evidence: {
        exe: event.exe,
        tool: phase.tool,
        ...(event.kind === 'system' ? { socket: event.path ?? '' } : { argv: (event.argv ?? []).join(' ').slice(0, 1_024) }),
      },
      key: phase.tool,
    }
  },
})
