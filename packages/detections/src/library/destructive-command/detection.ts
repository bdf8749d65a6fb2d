import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { isTool } from '../../programs.ts'

const NAMES = /\b(?:rm|mkfs|dd|shred|wipefs|find|kubectl)\b|--no-preserve-root/
const DESTROYS = [
  /(?:^|\s)(?:\S*\/)?rm\s(?=.*\s?-[a-zA-Z]*[rR])(?:.*\s)(?:--no-preserve-root|\/\*?|~\/?\*?|\$HOME\/?\*?|\/(?:home|root|etc|usr|var|boot|bin|lib)\/?\*?)(?:\s|$)/,
  /--no-preserve-root/,
  /(?:^|\s)(?:\S*\/)?mkfs(?:\.\w+)?\s.*\/dev\/(?:sd|nvme|vd|xvd|mapper)/,
  /(?:^|\s)(?:\S*\/)?dd\s.*of=\/dev\/(?:sd|nvme|vd|xvd)/,
  /(?:^|\s)(?:\S*\/)?(?:shred|wipefs)\s.*\/dev\/(?:sd|nvme|vd|xvd)/,
  /\bfind\s+(?:\/|~|\$HOME)\s.*-delete\b/,
  /\bkubectl\s+delete\s+(?:ns|namespaces?|nodes?|all)\s.*--all\b/,
] as const

export const destructiveCommand = defineDetection({
  id: 'destructive-command',
  title: "A command that destroys the machine's data was given",
  severity: 'high',
  confidence: 'high',
  maturity: 'preview',
  catalogue: ['S-21', 'S-10'],
  attack: ['T1485', 'T1561', 'T1529'],
  remedy: 'Stop the machine. If the command was in a start file, remove it before anybody logs in.',
  requires: ['process'],

  match(event, job) {
    const argv = event.op === 'exec' ? (event.argv ?? []).slice(0, 32) : []
    if (argv.length === 0) return null
    const words = argv.join(' ')
    if (!NAMES.test(words)) return null
    const pattern = DESTROYS.find((one) => one.test(words))
    // Printing or searching for such a command is not giving it.
    if (pattern === undefined || /(?:^|\/)(?:echo|printf|grep|rg|git|docker|podman|chroot|apt-get)$/.test(argv[0] ?? '')) return null
    // A container's own root is thrown away with it, but the sensor cannot tell; a test of a cluster deletes what it made.
    if (/\bkubectl\b/.test(words) && job.chain(event.process).some((link) => isTool(link.exe, link.argv, 'cluster-in-container')))
      return null
    return {
      message: `${actorWords(job, event)} gave a command that destroys data: ${words.slice(0, 120)}.`,
      evidence: { exe: event.exe, argv: words.slice(0, 1_024) },
      key: words.slice(0, 128),
    }
  },
})
