import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { packageOf, writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'
import { isDependencyPlace } from '../../install-phase.ts'

export const aiAgentConfiguredByInstall = defineDetection({
  id: 'ai-agent-configured-by-install',
  title: 'An install script wrote the configuration of an AI agent or editor',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R24', 'S-16'],
  attack: ['T1546'],
  remedy: 'Remove what was written: it is run the next time somebody opens the project, on their own machine.',
  requires: ['file'],

  match(event, job) {
    const path = writtenPath(event)
    if (path === null || job.place(path) !== 'ai-config' || packageOf(path) !== null) return null
    const phase = job.script(event.process)
    if (phase === null || isTool(event.exe, [], 'git') || isDependencyPlace(path)) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} wrote ${path}.`,
      evidence: { path, exe: event.exe, tool: phase.tool },
      key: path,
    }
  },
})
