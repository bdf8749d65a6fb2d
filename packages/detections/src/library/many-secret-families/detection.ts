import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'

const WINDOW_US = 60_000_000

export const manySecretFamilies = defineDetection({
  id: 'many-secret-families',
  title: 'One program read secrets of several unrelated systems',
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['R08', 'S-07', 'S-13', 'S-25'],
  attack: ['T1552.001', 'T1555'],
  remedy:
    'Rotate every credential in the evidence. A tool reads its own credentials; nothing ordinary collects those of SSH, clouds and registries together.',
  requires: ['file'],

  match(event, job) {
    if (event.op !== 'read' || event.family === undefined) return null
    const tree = job.process(event.process)?.tree
    if (tree === undefined) return null
    const reads = job.secrets(tree)
    const recent = reads.filter(({ time }) => event.time - time <= WINDOW_US)
    if (recent.length < 3 && reads.length < 5) return null
    const shown = recent.length < 3 ? reads : recent
    return {
      message: `${actorWords(job, event)} read ${shown.length} kinds of credentials: ${shown.map(({ family }) => family).join(', ')}.`,
      evidence: {
        families: shown.map(({ family }) => family).join(' '),
        paths: shown
          .map(({ path }) => path)
          .join(' ')
          .slice(0, 2_000),
        exe: event.exe,
      },
      key: String(tree),
      events: shown.map(({ seq }) => seq),
    }
  },
})
