import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool, inlineCode } from '../../programs.ts'
import { createBoundedMap } from '../../bounded.ts'

const PIPED =
  /\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\S*\/)?(?:(?:ba|da|z|k)?sh|python\d?|node|perl|ruby)\b|(?:ba|z)?sh\s+<\(\s*(?:curl|wget)\b|(?:ba|da|z)?sh\s+-c\s+"?\$\((?:curl|wget)\b/
const PIPE_US = 5_000_000

export const downloadedScriptPiped = defineDetection({
  id: 'downloaded-script-piped',
  title: 'A script was piped from the network into an interpreter',
  severity: 'medium',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R07', 'S-03'],
  attack: ['T1059', 'T1105'],
  remedy: 'Download the script, pin it by hash, and run the file: what the host serves tomorrow is not what you read today.',
  requires: ['process'],

  start: () => createBoundedMap<number, { readonly time: number; readonly seq: number }>(1_000),

  match(event, job, last) {
    if (event.op !== 'exec' || event.argv === undefined) return null
    const parent = job.process(event.process)?.parent ?? 0
    if (isTool(event.exe, [], 'downloader')) {
      last.set(parent, event)
      return null
    }
    if (!isTool(event.exe, [], 'interpreter')) return null
    const feeder = job.process(event.stdinFrom ?? 0)
    const sibling = last.get(parent)
    const bare = event.argv.slice(1).every((argument) => /^-$|^-s$|^\/dev\/fd\/\d+$/.test(argument))
    const beside = event.stdio === undefined && bare && sibling !== undefined && event.time - sibling.time <= PIPE_US
    const fed = feeder !== undefined && isTool(feeder.exe, [], 'downloader')
    if (!fed && !beside && !PIPED.test(inlineCode(event.argv))) return null
    return {
      message: `${actorWords(job, event)} ran a script straight from the network.`,
      evidence: { exe: event.exe, argv: event.argv.join(' ').slice(0, 1_024) },
      key: String(parent),
      ...(sibling === undefined ? {} : { events: [sibling.seq] }),
    }
  },
})
