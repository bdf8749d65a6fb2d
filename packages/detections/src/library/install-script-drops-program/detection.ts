import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isDependencyPlace } from '../../install-phase.ts'

const SYSTEM = /^\/(?:usr|bin|sbin|lib|nix)\//

export const installScriptDropsProgram = defineDetection({
  id: 'install-script-drops-program',
  title: 'An install script downloaded a program and ran it',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R06', 'S-04', 'S-22', 'S-23', 'S-29'],
  attack: ['T1105', 'T1036', 'T1195.002'],
  remedy:
    'Remove or pin the package at the end of the chain, and look at what the program did afterwards. Install with scripts disabled where you can.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || SYSTEM.test(event.exe)) return null
    const phase = job.script(event.process)
    if (phase === null) return null
    const writer = job.writer({ path: event.exe, device: event.device, inode: event.inode })
    // What the package manager itself unpacked is the package; what its scripts fetched is not.
    if (writer === undefined || !writer.script || writer.contact === 'none') return null
    if (writer.contact === 'known' && isDependencyPlace(event.exe)) return null
    return {
      message: `While ${phase.tool} was installing packages, ${actorWords(job, event)} ran ${event.exe}, which ${baseName(writer.exe)} had written after talking to the network.`,
      evidence: { exe: event.exe, writer: writer.exe, tool: phase.tool, ...(event.sha256 === undefined ? {} : { sha256: event.sha256 }) },
      key: event.exe,
      events: [writer.seq],
    }
  },
})
