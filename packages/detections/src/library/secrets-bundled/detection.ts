import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'

const ENCRYPTS =
  /(?:^|\/)openssl(?:$| .*\b(?:enc|smime|cms|rsautl|pkeyutl)\b)|(?:^|\/)(?:gpg2?|age)\b.*(?:-c\b|--symmetric|-e\b|--encrypt|-r\b)/

export const secretsBundled = defineDetection({
  id: 'secrets-bundled',
  title: 'Credentials were read and an encryption tool was started',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R08', 'S-19'],
  attack: ['T1560.001'],
  remedy: 'Rotate the credentials in the evidence. Stolen data is encrypted so that whoever looks at the traffic does not see what it is.',
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || event.argv === undefined) return null
    const process = job.process(event.process)
    if (process === undefined || !ENCRYPTS.test(event.argv.slice(0, 12).join(' '))) return null
    const reads = job.secrets(process.tree)
    if (reads.length < 2) return null
    return {
      message: `${actorWords(job, event)} started to encrypt after its tree had read credentials of ${reads.map(({ family }) => family).join(' and ')}.`,
      evidence: { exe: event.exe, argv: event.argv.join(' ').slice(0, 1_024), families: reads.map(({ family }) => family).join(' ') },
      key: String(process.tree),
      events: reads.map(({ seq }) => seq),
    }
  },
})
