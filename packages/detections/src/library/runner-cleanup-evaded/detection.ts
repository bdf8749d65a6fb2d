import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { inlineCode } from '../../programs.ts'

export const runnerCleanupEvaded = defineDetection({
  id: 'runner-cleanup-evaded',
  title: 'A process hid from the clean-up of the runner',
  severity: 'medium',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R16', 'S-14', 'S-18'],
  attack: ['T1564'],
  remedy: 'Find out what keeps running after the job. On self-hosted runners it is still there.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec') return null
    const own = event.environment?.['RUNNER_TRACKING_ID']
    const argv = (event.argv ?? []).slice(0, 8)
    const assigned =
      argv.some((argument) => /^RUNNER_TRACKING_ID=(?!github_)/.test(argument)) ||
      /\bRUNNER_TRACKING_ID=(?!["']?github_)/.test(inlineCode(argv))
    if (!assigned && (own === undefined || own.startsWith('github_'))) return null
    return {
      message: `${actorWords(job, event)} changed the mark by which the runner finds what a job left behind.`,
      evidence: { exe: event.exe, argv: argv.join(' ').slice(0, 1_024) },
      key: String(job.process(event.process)?.tree ?? event.process),
    }
  },
})
