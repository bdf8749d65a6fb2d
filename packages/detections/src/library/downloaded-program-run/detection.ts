import { defineDetection } from '../../detection.ts'
import { actorWords, baseName } from '../../words.ts'
import { isTool } from '../../programs.ts'
import { isDependencyPlace } from '../../install-phase.ts'

const SYSTEM = /^\/(?:usr|bin|sbin|lib|nix)\//

export const downloadedProgramRun = defineDetection({
  id: 'downloaded-program-run',
  title: 'A program was downloaded from an unknown host and run',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R06', 'S-13'],
  attack: ['T1105'],
  remedy: 'Pin what you download: check a hash before running it, or take it from a package host.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || SYSTEM.test(event.exe) || isDependencyPlace(event.exe) || job.script(event.process) !== null) return null
    const writer = job.writer({ path: event.exe, device: event.device, inode: event.inode })
    if (writer === undefined || writer.contact !== 'foreign' || job.step(writer.step)?.kind === 'action') return null
    if (isTool(writer.exe, [], 'git') || isTool(writer.exe, [], 'system-installer')) return null
    return {
      message: `${actorWords(job, event)} ran ${event.exe}, which ${baseName(writer.exe)} had fetched from a host that is no package source.`,
      evidence: {
        exe: event.exe,
        writer: writer.exe,
        writtenInStep: writer.step,
        ...(event.sha256 === undefined ? {} : { sha256: event.sha256 }),
      },
      key: event.exe,
      events: [writer.seq],
    }
  },
})
