import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { looksLike } from '../../programs.ts'

export const installScriptRunsAiAgent = defineDetection({
  id: 'install-script-runs-ai-agent',
  title: 'An install script started an AI agent',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R24', 'S-10'],
  attack: ['T1059'],
  remedy: 'Remove the package. It lets the agent search the machine for secrets in its place; look at what the agent did and rotate.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || !looksLike(event.exe, event.argv ?? [], 'ai-agent')) return null
    const phase = job.script(event.process)
    if (phase === null) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} started.`,
      evidence: { exe: event.exe, argv: (event.argv ?? []).join(' ').slice(0, 1_024), tool: phase.tool },
      key: event.exe,
    }
  },
})
