import { defineDetection, type JobView } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { writtenPath } from '../../files.ts'

const RUNNER = /\/Runner\.(?:Worker|Listener|PluginHost)$/
const ACTION = /\/_actions\/([^/]+\/[^/]+)\/([^/]+)/
const GUID = /([0-9a-f]{8}-[0-9a-f-]{27})/
const WHOSE: Readonly<Record<string, string>> = {
  'action-code': 'an action that another step runs',
  'file-command': 'another step',
  'runner-script': 'the script of a step',
}

/** The runner itself unpacks what it downloaded. */
function fromRunner(job: JobView, argv: readonly string[], parent: number): boolean {
  return /(?:^|\/)(?:tar|unzip)$/.test(argv[0] ?? '') && RUNNER.test(job.process(parent)?.exe ?? '')
}

export const runnerInternalsChanged = defineDetection({
  id: 'runner-internals-changed',
  title: 'A step changed the runner, an action or the files of another step',
  severity: 'critical',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R03', 'S-13'],
  attack: ['T1554', 'T1574'],
  remedy:
    "Treat everything that ran after this in the job as the attacker's. Find the process in the chain, remove its package or action, and rotate the secrets of the later steps.",
  requires: ['file'],

  match(event, job) {
    const path = event.op === 'unlink' ? event.path : writtenPath(event)
    if (path === null || RUNNER.test(event.exe)) return null
    const place = job.place(path)
    const step = job.step(event.step)
    if (place === undefined || step?.kind === 'runner' || event.step === 0) return null
    if (place === 'action-code') {
      const [at = '', repository, ref] = ACTION.exec(path) ?? []
      // The runner unpacks actions with tar, and an action may write into its own folder.
      if (at === '' || path.includes('/__pycache__/')) return null
      if (step?.action?.repository === repository && step?.action?.ref === ref) return null
      if (
        job
          .chain(event.process)
          .some(({ argv, parent }) => argv.some((argument) => argument.includes(`${at}/`)) || fromRunner(job, argv, parent))
      )
        return null
    } else if (place === 'file-command') {
      if (event.op === 'unlink' || step?.key === undefined || GUID.exec(path)?.[1] === step.key) return null
    } else if (place !== 'runner-script' && place !== 'runner-program') return null
    return {
      message: `${actorWords(job, event)} changed ${path}, which belongs to ${WHOSE[place] ?? 'the runner'}.`,
      evidence: { path, op: event.op, exe: event.exe, place },
      key: `${place} ${event.process}`,
    }
  },
})
