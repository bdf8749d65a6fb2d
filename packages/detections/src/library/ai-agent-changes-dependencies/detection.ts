import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { looksLike } from '../../programs.ts'

const CACHED =
  /\/node_modules\/(?!\.cache\/|\.vite)|\/\.npm\/_cacache\/|\/(?:site|dist)-packages\/|\/\.cargo\/registry\/|\/go\/pkg\/mod\/|\/\.m2\/repository\//

export const aiAgentChangesDependencies = defineDetection({
  id: 'ai-agent-changes-dependencies',
  title: 'An AI agent changed installed dependencies or caches',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R24', 'S-17'],
  attack: ['T1195.001'],
  remedy: 'Do not reuse the caches of this job. An agent that was talked into it poisons what a later release builds with.',
  requires: ['file'],

  match(event, job) {
    if (job.process(event.process)?.belowAgent !== true) return null
    const path = writtenPath(event)
    if (path === null || !CACHED.test(path)) return null
    const chain = job.chain(event.process)
    if (chain[0]?.phase !== null || !chain.some((link) => looksLike(link.exe, link.argv, 'ai-agent'))) return null
    return {
      message: `${actorWords(job, event)}, below an AI agent, wrote ${path}.`,
      evidence: { path, exe: event.exe },
      key: 'dependencies',
    }
  },
})
