import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'

const CACHES = /^(?:actions\/cache(?:\/restore)?|Swatinem\/rust-cache|gradle\/actions|actions\/setup-(?:node|python|java|go))$/
const PUBLISHES = /\b(?:publish|upload|release|deploy)\b/

export const cachedFilePublished = defineDetection({
  id: 'cached-file-published',
  title: 'A file from a cache was executed while publishing',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R27', 'S-09'],
  attack: ['T1195.002', 'T1574'],
  remedy: 'Build releases without caches: a cache can be filled by a pull request.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec') return null
    const writer =
      job.writer({ path: event.exe, device: event.device, inode: event.inode }) ?? job.writer({ path: (event.argv ?? [])[1] ?? '' })
    const action = writer === undefined ? undefined : job.step(writer.step)?.action?.repository
    if (
      writer === undefined ||
      action === undefined ||
      !CACHES.test(action) ||
      writer.step === event.step ||
      !isTool(writer.exe, [], 'unpacker')
    )
      return null
    const publishing = job
      .chain(event.process)
      .find((link) => isTool(link.exe, link.argv, 'publisher') && link.argv.slice(1, 6).some((word) => PUBLISHES.test(word)))
    if (publishing === undefined) return null
    return {
      message: `${actorWords(job, event)} ran ${event.exe}, which ${action} had restored from a cache, while publishing.`,
      evidence: { exe: event.exe, action, restoredInStep: writer.step },
      key: event.exe,
      events: [writer.seq],
    }
  },
})
