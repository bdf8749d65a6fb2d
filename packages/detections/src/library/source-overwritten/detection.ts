import type { EventOf } from '@gatehouse/schema'
import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'

/** Files that a compiler or interpreter reads; lock files, manifests and documents change in ordinary builds. */
const SOURCE =
  /\.(?:c|cc|cpp|cxx|h|hpp|rs|go|java|kt|scala|cs|swift|m|mm|py|rb|php|js|mjs|cjs|ts|mts|cts|tsx|jsx|sh|pl|s|S|asm|zig|dart)$|\/(?:Makefile|Dockerfile|CMakeLists\.txt)$/
const GENERATED =
  /\/(?:node_modules|target|build|dist|out|vendor|generated|__generated__|gen|\.git)\/|\.(?:pb|gen|generated)\.|_pb2?\.|_generated\./
const FREE = ['git', 'formatter', 'generator'] as const

function hashes(event: EventOf<'file'>): Record<string, string> {
  return { ...(event.before === undefined ? {} : { before: event.before }), ...(event.after === undefined ? {} : { after: event.after }) }
}

export const sourceOverwritten = defineDetection({
  id: 'source-overwritten',
  title: 'A checked-out source file was changed by another program',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R04'],
  attack: ['T1195.001', 'T1565.001'],
  remedy:
    'If this is a formatter or a generator of your own, nothing is wrong. Otherwise compare the file with the commit and find out who wrote it.',
  requires: ['file'],

  match(event, job) {
    const path = writtenPath(event)
    if (path === null || event.op === 'create' || !SOURCE.test(path) || GENERATED.test(path)) return null
    const before = job.writer({ path, device: event.device, inode: event.inode })
    if (before === undefined || !isTool(before.exe, [], 'git') || before.step === event.step) return null
    const chain = job.chain(event.process)
    if (chain.some(({ exe, argv }) => FREE.some((group) => isTool(exe, argv, group)))) return null
    return {
      message: `${actorWords(job, event)} changed ${path} after it had been checked out.`,
      evidence: { path, op: event.op, exe: event.exe, ...hashes(event) },
      key: event.exe,
      events: [before.seq],
    }
  },
})
