import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { packageOf, writtenPath } from '../../files.ts'
import { scriptOf } from '../../programs.ts'

export const installScriptErasedItself = defineDetection({
  id: 'install-script-erased-itself',
  title: 'An install script removed or replaced its own traces',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R29', 'S-22'],
  attack: ['T1070.004'],
  remedy: 'Take the package from the registry, not from this machine, and read its install script: what is on disk now is not what ran.',
  requires: ['file'],

  match(event, job) {
    const phase = job.script(event.process)
    if (phase === null || (event.result ?? 0) < 0) return null
    const chain = job.chain(event.process)
    const path = event.op === 'unlink' ? event.path : writtenPath(event)
    if (path === null) return null
    // The script that one of the processes up to the package manager was given, or its manifest.
    for (const link of chain.slice(0, phase.depth)) {
      if (link.cwd === undefined || packageOf(`${link.cwd}/x`) === null) continue
      const script = scriptOf(link.argv)
      const own = script === '' ? undefined : script.startsWith('/') ? script : `${link.cwd}/${script.replace(/^\.\//, '')}`
      const manifest = `${link.cwd}/package.json`
      if (event.op === 'unlink' ? path !== own : path !== manifest && path !== own) continue
      return {
        message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} ${event.op === 'unlink' ? 'removed' : 'replaced'} ${path}.`,
        evidence: { path, op: event.op, exe: event.exe, tool: phase.tool },
        key: path,
      }
    }
    return null
  },
})
