import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool, inlineCode } from '../../programs.ts'
import { createBoundedMap } from '../../bounded.ts'

const PIPED =
  /\b(?:xz|unxz|xzcat|gzip|gunzip|zcat|bzip2|bunzip2|bzcat|zstd|zstdcat|unlzma|lz4)\b[^|;&]*\|\s*(?:\S*\/)?(?:ba|da|z|k)?sh\b(?!\S)/
/** A pipe is put together within a moment. */
const PIPE_US = 5_000_000

export const decompressedScriptRun = defineDetection({
  id: 'decompressed-script-run',
  title: 'A shell executed the output of a decompressor',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R07', 'S-08'],
  attack: ['T1140', 'T1059.004'],
  remedy:
    'Look at the file that was decompressed. Test fixtures and archives hold data; a build that runs them is not the one in the repository.',
  requires: ['process'],

  start: () => createBoundedMap<number, { readonly time: number; readonly seq: number }>(1_000),

  match(event, job, last) {
    if (event.op !== 'exec' || event.argv === undefined) return null
    const parent = job.process(event.process)?.parent ?? 0
    if (isTool(event.exe, [], 'decompressor')) {
      last.set(parent, event)
      return null
    }
    if (!isTool(event.exe, [], 'shell')) return null
    const feeder = job.process(event.stdinFrom ?? 0)
    const sibling = last.get(parent)
    // Without knowledge of the pipe: a shell without any argument, beside a decompressor that just started.
    const beside = event.stdio === undefined && event.argv.length === 1 && sibling !== undefined && event.time - sibling.time <= PIPE_US
    const fed =
      feeder !== undefined && isTool(feeder.exe, [], 'decompressor') && event.argv.slice(1).every((argument) => /^-[se]*$/.test(argument))
    if (!fed && !beside && !PIPED.test(inlineCode(event.argv))) return null
    return {
      message: `${actorWords(job, event)} ran commands that came out of a decompressor.`,
      evidence: { exe: event.exe, argv: event.argv.join(' ').slice(0, 1_024) },
      key: String(parent),
      ...(sibling === undefined ? {} : { events: [sibling.seq] }),
    }
  },
})
