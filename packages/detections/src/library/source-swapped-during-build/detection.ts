import { defineDetection, type JobView, type Match } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'
import { isTool } from '../../programs.ts'
import { createBoundedMap } from '../../bounded.ts'

const SOURCE = /\.(?:c|cc|cpp|cxx|h|hpp|rs|go|java|kt|cs|swift|py|js|ts|s|S)$/
const GENERATED =
  /\/(?:target|build|dist|out|node_modules|\.git|CMakeFiles|conftest[^/]*)\/|\/(?:conftest|_configtest|tmp[^/]*|cc[A-Za-z0-9]{6})\.|^\/tmp\//
const FREE = ['git', 'formatter', 'generator', 'compiler'] as const

interface First {
  readonly process: number
  readonly compilers: number
  readonly seq: number
}

function free(job: JobView, process: number): boolean {
  return job.chain(process).some(({ exe, argv }) => FREE.some((group) => isTool(exe, argv, group)))
}

export const sourceSwappedDuringBuild = defineDetection({
  id: 'source-swapped-during-build',
  title: 'A source file was changed for the compiler and changed back',
  severity: 'critical',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R04', 'S-02'],
  attack: ['T1195.001', 'T1565.001'],
  remedy:
    'Do not release this build. The artifact was compiled from a file that is not in the commit; keep the record, isolate the runner, and look for what is left running on it.',
  requires: ['file', 'process'],

  start: () => ({ compilers: 0, first: createBoundedMap<string, First>(5_000) }),

  match(event, job, state) {
    if (event.kind === 'process') {
      if (event.op === 'exec' && isTool(event.exe, event.argv ?? [], 'compiler')) state.compilers += 1
      return null
    }
    const path = writtenPath(event)
    if (path === null || !SOURCE.test(path) || GENERATED.test(path)) return null
    const found = (events: readonly number[]): Match => ({
      message: `${actorWords(job, event)} changed ${path} before a compiler ran and again after it.`,
      evidence: {
        path,
        exe: event.exe,
        ...(event.before === undefined ? {} : { before: event.before }),
        restored: event.restored ?? false,
      },
      key: path,
      events,
    })
    if (event.restored === true && state.compilers > 0 && !free(job, event.process)) return found([])
    // Only files that were checked out; a file that the same program made is its own.
    const writer = job.writer({ path, device: event.device, inode: event.inode })
    const first = state.first.get(path)
    if (first === undefined) {
      if (writer !== undefined && isTool(writer.exe, [], 'git'))
        state.first.set(path, { process: event.process, compilers: state.compilers, seq: event.seq })
      return null
    }
    if (first.process !== event.process || first.compilers === state.compilers || free(job, event.process)) return null
    // A build tool that patches a source and restores it afterwards starts the compiler itself.
    return found([first.seq])
  },
})
